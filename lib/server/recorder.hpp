#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/log.hpp"
#include "core/rotating_file.hpp"
#include "features/parsed_rows.hpp"
#include "pipeline/recording.hpp"
#include "server/reason_log.hpp"
#include "server/sample.hpp"

namespace mlserve::server {

struct RecorderOptions {
  std::string path;
  double sample = 1;                      ///< share of the requests, from 0 to 1
  std::vector<std::string> omitted = {};  ///< fields that are not kept
  Rotation rotation = {};
  std::size_t max_waiting_bytes = std::size_t{32} << 20;  ///< of rows that are not written yet
};

/// Writes a sample of what was predicted to a file, see pipeline/RECORDING.md. A thread of its own
/// does the writing; where that cannot keep up, or the disk is full, requests are left out and
/// counted. All calls may run on several threads at once.
class Recorder {
 public:
  /// Opens the file, or makes it for its owner alone. Throws as LineFile. `log` outlives it.
  Recorder(RecorderOptions options, Log& log);
  /// Writes what waits.
  ~Recorder();

  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// Whether that request is in the sample.
  bool wants(std::string_view request_id) const noexcept { return sample_.takes(request_id); }

  /// What is wanted of its records.
  const features::RecordCapture& capture() const noexcept { return capture_; }

  /// Has the rows of an answered request written, soon. Does not wait. Sets their time.
  void put(pipeline::Recording recording);

  /// Goes on in the file that the path names now, after it was moved away; logs it, or why it
  /// cannot.
  void reopen();

  /// Requests that were to be recorded and are not.
  std::uint64_t left_out() const noexcept { return left_out_; }

 private:
  void work();
  void write(const std::deque<pipeline::Recording>& recordings);
  void write_lines(std::string& lines, std::uint64_t requests);
  void leave_out(std::uint64_t requests, const std::string& reason);

  const RecorderOptions options_;
  const Sample sample_;
  const features::RecordCapture capture_;
  Log& log_;
  ReasonLog reasons_;
  RotatingFile file_;
  std::atomic<std::uint64_t> left_out_ = 0;

  std::mutex mutex_;  ///< guards what follows
  std::condition_variable changed_;
  std::deque<pipeline::Recording> waiting_;
  std::size_t waiting_bytes_ = 0;  ///< of `waiting_` and of what is being written
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace mlserve::server

#include "server/recorder.hpp"

#include <chrono>
#include <utility>

#include "core/block_signals.hpp"
#include "core/error.hpp"
#include "core/timestamp.hpp"

namespace mlserve::server {
namespace {

constexpr mode_t kOwnerOnly = 0600;

/// Lines are handed to the system in pieces of about this size.
constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

std::size_t memory_bytes(const pipeline::Recording& recording) {
  std::size_t bytes = sizeof recording + recording.values.capacity() * sizeof(double) +
                      recording.labels.capacity() * sizeof(std::size_t);
  for (const std::string& record : recording.records) bytes += sizeof record + record.capacity();
  return bytes;
}

}  // namespace

Recorder::Recorder(RecorderOptions options, Log& log)
    : options_(std::move(options)),
      sample_(options_.sample),
      capture_{options_.omitted},
      log_(log),
      reasons_(log),
      file_(options_.path, kOwnerOnly, options_.rotation),
      thread_([this] { work(); }) {}

Recorder::~Recorder() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_one();
  thread_.join();
  if (left_out_ == 0) return;
  const std::string count = std::to_string(left_out_);
  log_.warning("requests were not recorded",
               {{"requests", count, LogField::Kind::number}, {"file", options_.path}});
}

void Recorder::put(pipeline::Recording recording) {
  recording.time = timestamp(std::chrono::system_clock::now());
  const std::size_t bytes = memory_bytes(recording);
  {
    const std::lock_guard lock(mutex_);
    if (waiting_bytes_ + bytes <= options_.max_waiting_bytes) {
      waiting_bytes_ += bytes;
      waiting_.push_back(std::move(recording));
      if (waiting_.size() > 1) return;  // the thread has been told
      changed_.notify_one();
      return;
    }
  }
  leave_out(1, "they come faster than they can be written");
}

void Recorder::reopen() {
  try {
    file_.reopen();
    log_.info("recording opened anew", {{"file", options_.path}});
  } catch (const Error& error) {
    log_.error(std::string("the recording was not opened anew, the old file goes on: ") +
               error.what());
  }
}

void Recorder::work() {
  block_signals();
  std::deque<pipeline::Recording> taken;
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopped_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    std::swap(taken, waiting_);
    const std::size_t bytes = waiting_bytes_;
    lock.unlock();
    write(taken);
    taken.clear();
    lock.lock();
    waiting_bytes_ -= bytes;
  }
}

void Recorder::write(const std::deque<pipeline::Recording>& recordings) {
  std::string lines;
  std::uint64_t requests = 0;
  for (const pipeline::Recording& recording : recordings) {
    pipeline::append_lines(recording, lines);
    ++requests;
    if (lines.size() < kPieceBytes) continue;
    write_lines(lines, std::exchange(requests, 0));
  }
  if (requests > 0) write_lines(lines, requests);
}

void Recorder::write_lines(std::string& lines, std::uint64_t requests) {
  try {
    file_.write(lines);
  } catch (const Error& error) {
    leave_out(requests, error.what());
  }
  lines.clear();
}

void Recorder::leave_out(std::uint64_t requests, const std::string& reason) {
  left_out_ += requests;
  reasons_.warn("requests are not recorded: " + reason);
}

}  // namespace mlserve::server

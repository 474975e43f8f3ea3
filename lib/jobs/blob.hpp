#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "data/byte_sink.hpp"
#include "data/byte_source.hpp"
#include "data/input.hpp"
#include "jobs/held_job.hpp"
#include "store/job_store.hpp"

namespace mlserve::jobs {

/// Reads bytes that are kept in pieces; holds one piece at a time.
class BlobSource final : public data::ByteSource {
 public:
  /// Gives piece `number`, counted from 0; none behind the last.
  using ReadPiece = std::function<std::optional<std::string>(std::int64_t number)>;

  /// When `bytes` are known, no more are read and fewer of them are Error(corrupt).
  explicit BlobSource(ReadPiece read_piece, std::optional<std::uint64_t> bytes = {})
      : read_piece_(std::move(read_piece)), bytes_(bytes) {}

  std::size_t read(char* buffer, std::size_t size) override;

 private:
  bool next_piece();

  ReadPiece read_piece_;
  std::optional<std::uint64_t> bytes_;
  std::uint64_t read_ = 0;
  std::int64_t number_ = 0;
  std::string piece_;
  std::size_t position_ = 0;
};

/// A blob of the store, which outlives the source; for readers that an outage may disturb.
std::unique_ptr<data::ByteSource> open_blob(store::JobStore& jobs, const store::BlobId& blob);

/// The body of a held job, called "body" in messages; reading outlasts an outage of the store.
/// Throws AttemptEnded, too. All three outlive what is opened.
data::Input body_input(store::JobStore& jobs, HeldJob& held);

/// Collects bytes to whole pieces, which become the result of a held job under its token; what is
/// left in the end goes with the end of the job. Throws AttemptEnded when the store takes them no
/// longer.
class ResultSink final : public data::ByteSink {
 public:
  /// Both outlive the sink.
  ResultSink(store::JobStore& jobs, HeldJob& held) : jobs_(jobs), held_(held) {}

  void write(std::string_view bytes) override;
  /// Nothing: the result appears with JobStore::finish.
  void commit() override {}
  /// Puts what is left into `result`. Call once, after the last `write`.
  void hand_over(store::JobResult& result);

 private:
  void append(std::string_view piece);

  store::JobStore& jobs_;
  HeldJob& held_;
  std::int64_t number_ = 0;
  std::string rest_;
};

}  // namespace mlserve::jobs

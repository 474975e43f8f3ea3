#include "jobs/blob.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"

namespace mlserve::jobs {

std::size_t BlobSource::read(char* buffer, std::size_t size) {
  if (position_ == piece_.size() && !next_piece()) return 0;
  const std::size_t count = piece_.copy(buffer, size, position_);
  position_ += count;
  return count;
}

/// Empty pieces are passed over.
bool BlobSource::next_piece() {
  position_ = 0;
  if (bytes_ && read_ >= *bytes_) {
    piece_.clear();
    return false;
  }
  do {
    std::optional<std::string> piece = read_piece_(number_);
    if (!piece) {
      piece_.clear();
      if (bytes_ && read_ < *bytes_)
        throw Error(ErrorKind::corrupt, "the store has only a part of the bytes");
      return false;
    }
    ++number_;
    piece_ = *std::move(piece);
  } while (piece_.empty());
  read_ += piece_.size();
  return true;
}

std::unique_ptr<data::ByteSource> open_blob(store::JobStore& jobs, const store::BlobId& blob) {
  return std::make_unique<BlobSource>(
      [&jobs, blob](std::int64_t number) { return jobs.read_piece(blob, number); });
}

data::Input body_input(store::JobStore& jobs, HeldJob& held) {
  const auto read_piece = [&jobs, &held](std::int64_t number) {
    return held.patiently([&] { return jobs.read_piece(held.job().body, number); });
  };
  const std::uint64_t bytes = held.job().body_bytes;
  return {"body", [read_piece, bytes] { return std::make_unique<BlobSource>(read_piece, bytes); },
          true, bytes};
}

void ResultSink::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view taken = bytes.substr(0, store::kMaxPieceBytes - rest_.size());
    rest_ += taken;
    bytes.remove_prefix(taken.size());
    if (rest_.size() == store::kMaxPieceBytes) append(std::exchange(rest_, {}));
  }
}

void ResultSink::hand_over(store::JobResult& result) {
  result.last_piece = std::move(rest_);
  result.last_number = number_;
}

void ResultSink::append(std::string_view piece) {
  const bool held =
      held_.patiently([&] { return jobs_.append_result(held_.attempt(), number_, piece); });
  if (!held) held_.end(HeldJob::End::lost);
  held_.require_held();
  ++number_;
}

}  // namespace mlserve::jobs

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace mlserve::data {

/// Unpacks gzip (RFC 1952), one member or several in a row, out of bytes that come piece by piece.
/// One thread at a time.
class GzipUnpacker {
 public:
  GzipUnpacker();
  ~GzipUnpacker();
  GzipUnpacker(const GzipUnpacker&) = delete;
  GzipUnpacker& operator=(const GzipUnpacker&) = delete;

  struct Step {
    std::size_t taken;  ///< bytes of `packed` that are done with
    std::size_t put;    ///< bytes of `out` that are filled
  };

  /// Goes on until `packed` is used up or `out` is full. Throws Error(corrupt) for what is no gzip.
  Step unpack(std::string_view packed, std::span<char> out);

  /// False in the middle of a member, where more must come.
  bool at_end_of_member() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Packs bytes that come piece by piece, each text a gzip member of its own. One thread at a time.
class GzipPacker {
 public:
  /// 1 is fast, 9 is small.
  explicit GzipPacker(int level);
  ~GzipPacker();
  GzipPacker(const GzipPacker&) = delete;
  GzipPacker& operator=(const GzipPacker&) = delete;

  /// Appends to `packed` what lets a reader unpack all of `bytes` (not empty), and all before.
  void pack(std::string_view bytes, std::string& packed);

  /// The same with the end of the text; the next one may follow.
  void pack_last(std::string_view bytes, std::string& packed);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mlserve::data

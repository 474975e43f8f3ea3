#pragma once

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "data/gzip.hpp"

namespace mlserve::test {

/// `bytes` as one member of gzip.
inline std::string gzip(std::string_view bytes) {
  std::string packed;
  data::GzipPacker(9).pack_last(bytes, packed);
  return packed;
}

/// A few kilobytes that unpack to so many zeros.
inline std::string gzip_bomb(std::size_t megabytes) {
  data::GzipPacker packer(9);
  const std::string zeros(std::size_t{1} << 20, '0');
  std::string packed;
  for (std::size_t i = 1; i < megabytes; ++i) packer.pack(zeros, packed);
  packer.pack_last(zeros, packed);
  return packed;
}

/// What whole members of gzip unpack to. Throws Error(corrupt).
inline std::string gunzip(std::string_view packed) {
  data::GzipUnpacker unpacker;
  std::string text;
  std::string piece(1000, '\0');
  while (!packed.empty()) {
    const auto step = unpacker.unpack(packed, piece);
    packed.remove_prefix(step.taken);
    text.append(piece, 0, step.put);
  }
  if (!unpacker.at_end_of_member()) throw Error(ErrorKind::corrupt, "cut short");
  return text;
}

}  // namespace mlserve::test

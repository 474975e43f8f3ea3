#include "data/gzip.hpp"

#include <algorithm>

#include <zlib.h>

#include "core/error.hpp"

namespace mlserve::data {
namespace {

/// Added to the size of the window: gzip's header and checksum, not zlib's.
constexpr int kGzipOnly = 16;

/// zlib counts in 32 bits.
constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;

uInt count(std::size_t bytes) { return static_cast<uInt>(std::min(bytes, kMostAtOnce)); }

/// zlib's pointers know no const; it does not write to its input.
Bytef* input(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

void require_started(int status) {
  if (status != Z_OK) throw Error(ErrorKind::internal, "zlib cannot start");
}

}  // namespace

class GzipUnpacker::Impl {
 public:
  Impl() { require_started(inflateInit2(&stream_, MAX_WBITS + kGzipOnly)); }
  ~Impl() { inflateEnd(&stream_); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Step unpack(std::string_view packed, std::span<char> out) {
    const uInt given = stream_.avail_in = count(packed.size());
    const uInt wanted = stream_.avail_out = count(out.size());
    stream_.next_in = input(packed);
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    while (stream_.avail_in > 0 && stream_.avail_out > 0) inflate_some();
    return {given - stream_.avail_in, wanted - stream_.avail_out};
  }

  bool in_member() const noexcept { return in_member_; }

 private:
  void inflate_some() {
    if (!in_member_) inflateReset(&stream_);
    in_member_ = true;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      in_member_ = false;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      throw Error(ErrorKind::corrupt, "the gzip data is corrupt");
    }
  }

  z_stream stream_{};
  bool in_member_ = false;
};

GzipUnpacker::GzipUnpacker() : impl_(std::make_unique<Impl>()) {}
GzipUnpacker::~GzipUnpacker() = default;

GzipUnpacker::Step GzipUnpacker::unpack(std::string_view packed, std::span<char> out) {
  return impl_->unpack(packed, out);
}

bool GzipUnpacker::at_end_of_member() const noexcept { return !impl_->in_member(); }

class GzipPacker::Impl {
 public:
  explicit Impl(int level) {
    constexpr int kDefaultMemory = 8;
    require_started(deflateInit2(&stream_, level, Z_DEFLATED, MAX_WBITS + kGzipOnly, kDefaultMemory,
                                 Z_DEFAULT_STRATEGY));
  }
  ~Impl() { deflateEnd(&stream_); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void pack(std::string_view bytes, int flush, std::string& packed) {
    while (bytes.size() > kMostAtOnce) {
      deflate_all(bytes.substr(0, kMostAtOnce), Z_NO_FLUSH, packed);
      bytes.remove_prefix(kMostAtOnce);
    }
    deflate_all(bytes, flush, packed);
  }

  void reset() { deflateReset(&stream_); }

 private:
  void deflate_all(std::string_view bytes, int flush, std::string& packed) {
    stream_.next_in = input(bytes);
    stream_.avail_in = count(bytes.size());
    // Nearly always enough; what is left of it means that all is out.
    const std::size_t room = deflateBound(&stream_, stream_.avail_in) + 16;
    do {
      const std::size_t before = packed.size();
      packed.resize(before + room);
      stream_.next_out = reinterpret_cast<Bytef*>(packed.data() + before);
      stream_.avail_out = count(room);
      const uInt given = stream_.avail_out;
      deflate(&stream_, flush);
      packed.resize(before + given - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }

  z_stream stream_{};
};

GzipPacker::GzipPacker(int level) : impl_(std::make_unique<Impl>(level)) {}
GzipPacker::~GzipPacker() = default;

void GzipPacker::pack(std::string_view bytes, std::string& packed) {
  impl_->pack(bytes, Z_SYNC_FLUSH, packed);
}

void GzipPacker::pack_last(std::string_view bytes, std::string& packed) {
  impl_->pack(bytes, Z_FINISH, packed);
  impl_->reset();
}

}  // namespace mlserve::data

#include "server/gzip_answer.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "data/gzip.hpp"
#include "server/ascii.hpp"
#include "server/header_text.hpp"

namespace mlserve::server {
namespace {

/// What is shorter fits into one packet of a network anyway.
constexpr std::size_t kLeastBytes = 1024;

/// The fastest: higher ones take several times as long for a few percent.
constexpr int kLevel = 1;

using Header = std::pair<std::string, std::string>;

std::vector<Header>::iterator find_header(Response& response, std::string_view name) {
  return std::ranges::find_if(response.headers, [name](const Header& header) {
    return equals_ignoring_case(header.first, name);
  });
}

bool is_text(std::string_view content_type) {
  constexpr std::array kTypes = {"application/json", "application/x-ndjson",
                                 "application/javascript", "application/openmetrics-text",
                                 "image/svg+xml"};
  const std::string_view type = trimmed(cut(content_type, ";"));
  return type.starts_with("text/") || type.ends_with("+json") ||
         std::ranges::find(kTypes, type) != kTypes.end();
}

bool pays(const Response& response) {
  return (response.next_piece || response.body.size() >= kLeastBytes) &&
         is_text(response.content_type);
}

/// What `next` gives, packed; nothing is held back, so the client sees each piece when it is made.
class PackedPieces {
 public:
  PackedPieces(std::function<std::string()> next, std::shared_ptr<data::GzipPacker> packer)
      : next_(std::move(next)), packer_(std::move(packer)) {}

  std::string operator()() {
    std::string packed;
    if (!next_) return packed;
    const std::string piece = next_();
    if (!piece.empty()) {
      packer_->pack(piece, packed);
    } else {
      packer_->pack_last({}, packed);
      next_ = nullptr;
    }
    return packed;
  }

 private:
  std::function<std::string()> next_;
  std::shared_ptr<data::GzipPacker> packer_;
};

void pack_pieces(Response& response) {
  const auto packer = std::make_shared<data::GzipPacker>(kLevel);
  std::string packed;
  if (!response.body.empty()) packer->pack(response.body, packed);
  response.body = std::move(packed);
  response.next_piece = PackedPieces(std::move(response.next_piece), packer);
}

void mark_packed(Response& response) {
  response.headers.emplace_back("Content-Encoding", "gzip");
  const auto etag = find_header(response, "ETag");
  if (etag != response.headers.end() && etag->second.starts_with('"')) {
    etag->second.insert(0, "W/");
  }
}

}  // namespace

void pack_answer(Response& response, GzipUse use) {
  if (response.status == 304) response.headers.emplace_back("Vary", "Accept-Encoding");
  const bool empty = !response.next_piece && response.body.empty();
  const bool wanted = use == GzipUse::always || pays(response);
  if (empty || !wanted || find_header(response, "Content-Encoding") != response.headers.end()) {
    return;
  }
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (use == GzipUse::never) return;
  if (response.next_piece) {
    pack_pieces(response);
  } else {
    std::string packed;
    data::GzipPacker(kLevel).pack_last(response.body, packed);
    response.body = std::move(packed);
  }
  mark_packed(response);
}

}  // namespace mlserve::server

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "server/http.hpp"

namespace mlserve::server {

/// A body of which the beginning, or all, was read already. Borrows both.
class CollectedBody final : public BodyReader {
 public:
  explicit CollectedBody(std::string_view beginning, BodyReader* rest = nullptr)
      : beginning_(beginning), rest_(rest) {}

  std::size_t read(std::span<char> buffer) override;

 private:
  std::string_view beginning_;
  BodyReader* rest_;
};

/// Appends to `text` until the body ends, which is true, or `text` has more than `max_bytes`.
bool collect(BodyReader& body, std::size_t max_bytes, std::string& text);

/// Fills `piece` with the next `bytes` of the body, fewer only at its end.
void read_piece(BodyReader& body, std::size_t bytes, std::string& piece);

}  // namespace mlserve::server

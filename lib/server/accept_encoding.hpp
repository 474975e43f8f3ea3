#pragma once

#include <string_view>

namespace mlserve::server {

/// Whether an answer goes to a client packed by gzip.
enum class GzipUse {
  never,          ///< the client does not take it, or likes the plain answer better
  where_it_pays,  ///< the client takes both
  always          ///< the client refuses what is not packed
};

/// What the value of an Accept-Encoding header asks for (RFC 9110, 12.5.3); never for "". A client
/// that takes neither form gets the plain one.
GzipUse gzip_use(std::string_view accept_encoding);

}  // namespace mlserve::server

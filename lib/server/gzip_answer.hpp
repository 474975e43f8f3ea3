#pragma once

#include "server/accept_encoding.hpp"
#include "server/http.hpp"

namespace mlserve::server {

/// Packs the body of `response` by gzip, piece by piece where it comes so: a text of some length,
/// for a client that takes it. An ETag becomes weak then, as the bytes are others.
///
/// What another client would get packed carries `Vary: Accept-Encoding` in any case, as does 304.
void pack_answer(Response& response, GzipUse use);

}  // namespace mlserve::server

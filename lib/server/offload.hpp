#pragma once

#include <functional>

#include "server/executor.hpp"
#include "server/http.hpp"

namespace mlserve::server {

/// A handler's answer that a thread of `executor` makes, for work that may wait: the connection is
/// parked meanwhile, and no thread of the transport waits.
///
/// `work` gets `request`, which lives until `work` is done, also when the client goes away.
/// Work that has not begun when the client has gone or the request's deadline passed is not begun.
/// Work that has begun is waited for by a server that stops, as other running requests are.
/// Problems are answered: 503 with Retry-After when the executor takes no more, by number or by
/// memory; 504 at the deadline; 500 for what `work` throws.
Outcome offload(Executor& executor, Request request, std::function<Response(const Request&)> work);

}  // namespace mlserve::server

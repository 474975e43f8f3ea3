#pragma once

#include <string_view>

namespace mlserve::server {

/// Whether `sent`, the value of a traceparent header, is well-formed (W3C Trace Context): version,
/// trace id, parent id and flags as `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`, in
/// lower case, neither id all zeros. Version 00 ends there; of a later one, what follows after a
/// hyphen is not looked at. Version ff is none. A request with two such headers has none.
bool is_trace_parent(std::string_view sent);

/// The 32 digits of the trace id in a well-formed `trace_parent`; "" of an empty one.
///
/// mlserve asks no other server on behalf of a request, so it makes no parent id of its own.
std::string_view trace_id(std::string_view trace_parent);

}  // namespace mlserve::server

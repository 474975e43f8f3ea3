#pragma once

#include <cstdint>

namespace mlserve::server {

/// Names a connection for as long as the process runs: its place in the table and how often that
/// place was used. That of a connection which is gone is never valid again.
using ConnectionId = std::uint64_t;

/// What has happened to a connection, as a set of bits.
using Notes = std::uint32_t;

namespace note {
inline constexpr Notes kInput = 1;    ///< there is something to receive
inline constexpr Notes kOutput = 2;   ///< there is room to send
inline constexpr Notes kHangup = 4;   ///< the client has closed its side
inline constexpr Notes kTimer = 8;    ///< its deadline has passed
inline constexpr Notes kWake = 16;    ///< a Waker was called
inline constexpr Notes kStop = 32;    ///< the server stops
inline constexpr Notes kResume = 64;  ///< its turn was over before its input was
}  // namespace note

}  // namespace mlserve::server

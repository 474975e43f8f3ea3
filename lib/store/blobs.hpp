#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/database.hpp"
#include "store/job.hpp"

/// Bytes in pieces, inside a caller's transaction. A blob is `loose` until something keeps it, so
/// what a client or worker has left half done is found and swept away.
namespace mlserve::store::blobs {

/// A loose blob without pieces, unless it is there.
void make(Connection& connection, const BlobId& blob);

/// A kept blob of one piece, which must not be there.
/// Throws Error(invalid_argument) for more than kMaxPieceBytes.
void put(Connection& connection, const BlobId& blob, std::string_view bytes);

/// Adds a piece to a loose blob; the same piece a second time changes nothing. Returns false when
/// the blob is not there or not loose.
/// Throws Error(invalid_argument) for a piece of more than kMaxPieceBytes.
bool append(Connection& connection, const BlobId& blob, std::int64_t number,
            std::string_view bytes);

/// A loose blob is kept from now on. Returns false when it is not there.
bool keep(Connection& connection, const BlobId& blob);

/// Nobody needs the blob any more: a small one is deleted, of a large one the pieces will be.
void drop(Connection& connection, const BlobId& blob);

std::optional<std::string> piece(Connection& connection, const BlobId& blob, std::int64_t number);

/// Of all blobs that are needed or may be.
std::uint64_t total_bytes(Connection& connection);

/// Deletes a few pieces of dead blobs. Returns whether there were any.
bool bury_some(Connection& connection);

}  // namespace mlserve::store::blobs

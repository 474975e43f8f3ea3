#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.hpp"
#include "store/job.hpp"

/// Rows of the table of jobs, inside a caller's transaction.
namespace mlserve::store::rows {

/// The columns that `job` reads, for SELECT and RETURNING.
extern const std::string kColumns;

/// Without position and failures.
Job job(const Row& row);

/// The whole job. With `lock`, nobody else changes it before the transaction ends.
enum class Lock { no, yes };
std::optional<Job> find(Connection& connection, std::string_view id, Lock lock = Lock::no);

/// How many jobs wait.
std::uint64_t queued(Connection& connection);

}  // namespace mlserve::store::rows

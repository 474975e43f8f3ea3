#pragma once

#include <libpq-fe.h>
#include <memory>

namespace mlserve::store {

/// The functions of libpq that are used here.
#define MLSERVE_LIBPQ_FUNCTIONS(FUNCTION) \
  FUNCTION(PQclear)                       \
  FUNCTION(PQcmdStatus)                   \
  FUNCTION(PQcmdTuples)                   \
  FUNCTION(PQconnectdbParams)             \
  FUNCTION(PQconninfoFree)                \
  FUNCTION(PQconninfoParse)               \
  FUNCTION(PQconsumeInput)                \
  FUNCTION(PQerrorMessage)                \
  FUNCTION(PQexec)                        \
  FUNCTION(PQexecPrepared)                \
  FUNCTION(PQfinish)                      \
  FUNCTION(PQfreemem)                     \
  FUNCTION(PQftype)                       \
  FUNCTION(PQgetisnull)                   \
  FUNCTION(PQgetlength)                   \
  FUNCTION(PQgetvalue)                    \
  FUNCTION(PQnfields)                     \
  FUNCTION(PQnotifies)                    \
  FUNCTION(PQntuples)                     \
  FUNCTION(PQprepare)                     \
  FUNCTION(PQresultErrorField)            \
  FUNCTION(PQresultStatus)                \
  FUNCTION(PQsetNoticeProcessor)          \
  FUNCTION(PQsocket)                      \
  FUNCTION(PQstatus)                      \
  FUNCTION(PQtransactionStatus)

/// libpq, loaded when a PostgreSQL store is named: linked, every start of the program would pay
/// for it.
struct Libpq {
// A name that is declared cannot stand in parentheses. NOLINTNEXTLINE(bugprone-macro-parentheses)
#define MLSERVE_LIBPQ_MEMBER(name) decltype(&::name) name;
  MLSERVE_LIBPQ_FUNCTIONS(MLSERVE_LIBPQ_MEMBER)
#undef MLSERVE_LIBPQ_MEMBER
};

/// Loads the library at the first call; it stays. May be called on several threads at once.
/// Throws Error(unavailable) when the system has none.
const Libpq& libpq();

struct PgConnectionCloser {
  void operator()(PGconn* connection) const { libpq().PQfinish(connection); }
};
using PgConnectionHandle = std::unique_ptr<PGconn, PgConnectionCloser>;

struct PgResultCloser {
  void operator()(PGresult* result) const { libpq().PQclear(result); }
};
using PgResultHandle = std::unique_ptr<PGresult, PgResultCloser>;

}  // namespace mlserve::store

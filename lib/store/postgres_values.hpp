#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "store/database.hpp"
#include "store/libpq.hpp"

namespace mlserve::store {

/// Parameters as libpq takes them: numbers and text as text, of whatever type the statement makes
/// of it; bytes binary.
class PostgresParameters {
 public:
  /// What `parameters` look at must outlive this. Throws Error(invalid_data) for text with a NUL,
  /// which PostgreSQL cannot hold.
  explicit PostgresParameters(std::initializer_list<Parameter> parameters);

  int count() const noexcept { return static_cast<int>(values_.size()); }
  const Oid* types() const noexcept { return types_.data(); }
  const char* const* values() const noexcept { return values_.data(); }
  const int* lengths() const noexcept { return lengths_.data(); }
  const int* formats() const noexcept { return formats_.data(); }

 private:
  void add(const Parameter& parameter);
  void add_text(std::string text);
  void add_value(Oid type, int format, const char* value, std::size_t length);

  std::vector<std::string> texts_;  // never grows beyond its capacity: values_ point into it
  std::vector<Oid> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

/// Rows of a result in the binary format. Throws Error(internal) for a column of a type that no
/// statement of ours should have.
Result read_result(PGresult& result);

}  // namespace mlserve::store

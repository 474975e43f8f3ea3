#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "data/dictionary.hpp"
#include "features/parsed_rows.hpp"
#include "features/schema.hpp"

namespace mlserve::features {

/// How a protocol writes a value.
enum class ValueForm {
  plain,
  tensor  ///< also [value] for a tensor of one, and {"b64": "…"} for the bytes of a string
};

/// The names over values that come without: of a table's columns, in their order.
struct JsonHeader {
  std::vector<std::string> names;
  std::vector<std::optional<std::size_t>> features;  ///< of each name; none: it is ignored
};

/// Builds encoded rows from values that simdjson has parsed, however a protocol lays them out. All
/// calls append to `out`, which was started with the same schema. Immutable.
///
/// What makes no sense is a problem of its row in `out`, the row stands there with its bad values
/// missing. If `out` captures records, all fields are kept in them, also unknown ones.
class JsonRowBuilder {
 public:
  using Value = simdjson::dom::element;
  using Object = simdjson::dom::object;

  /// `schema` must outlive it.
  explicit JsonRowBuilder(const Schema& schema);

  /// The number of a feature; the one behind that of the last call costs least.
  std::optional<std::size_t> find(std::string_view name, std::size_t expected = 0) const;

  /// The columns of a table. Throws Error(invalid_data) for a feature that none of them is, with
  /// the nearest name, and for one that two of them are.
  JsonHeader header(std::vector<std::string> names) const;

  /// The header of values in the order of the features.
  JsonHeader feature_order() const;

  /// A row of the fields of an object, in any order; what it lacks is missing, but an object
  /// without any feature is a problem. Fields of `shared` belong to every record of a body: to have
  /// one of them, too, is a problem.
  void append_record(Value record, ParsedRows& out, ValueForm form = ValueForm::plain,
                     const Object* shared = nullptr) const;

  /// A row of one value for each name of `header`; another count is a problem.
  void append_values(const JsonHeader& header, std::span<const Value> values, ParsedRows& out,
                     ValueForm form = ValueForm::plain) const;

 private:
  std::size_t set_fields(Object fields, ValueForm form, ParsedRows& out) const;
  void set(std::size_t feature, Value value, ValueForm form, ParsedRows& out) const;
  void set_text(std::size_t feature, std::string_view text, ParsedRows& out) const;
  void set_wrapped(std::size_t feature, Value value, ValueForm form, ParsedRows& out) const;
  void add_problem(std::size_t feature, const std::string& got, std::string_view expected,
                   ParsedRows& out) const;
  std::string no_feature(Object fields) const;

  const Schema& schema_;
  data::Dictionary names_;  ///< feature numbers by name
};

/// "a list", "null", "a number": what a value is, for messages.
std::string_view type_in_words(simdjson::dom::element value);

}  // namespace mlserve::features

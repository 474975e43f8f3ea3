#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "features/parsed_rows.hpp"
#include "features/schema.hpp"

namespace mlserve::features {

class JsonDocument;
class JsonRowBuilder;

/// Parses JSON records into encoded rows. `schema` must outlive the parser.
/// Holds simdjson's buffers: one parser a thread.
class JsonRowParser {
 public:
  /// Fields named in `kept` are passed through; a field that a record lacks is null.
  explicit JsonRowParser(const Schema& schema, std::vector<std::string> kept = {});
  ~JsonRowParser();
  JsonRowParser(JsonRowParser&&) noexcept;

  /// What `text` is: a list of records (true) or one record. Appends them to `out`, which was
  /// started with the same schema. Throws Error(invalid_data) when `text` is no JSON at all, with
  /// a hint at single quotes where they are the cause; everything else is a problem in `out`.
  ///
  /// Of a longer list than fits into `max_rows` rows only one record more is appended (see
  /// ParsedRows::is_enough). It is read as JSON to its end, which costs little, but no value of the
  /// others is looked at.
  bool parse(std::string_view text, ParsedRows& out, std::size_t max_rows = kAllRows);
  static constexpr std::size_t kAllRows = static_cast<std::size_t>(-1);

  /// The same for one record in `text`, behind which RecordReader::kPadding bytes may be read.
  void parse_record(std::string_view text, ParsedRows& out);

  /// Its parts, for protocols that lay rows out in another way.
  JsonDocument& document();
  const JsonRowBuilder& builder() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Row `row` as a JSON record that parses back into the same row; missing features are null.
std::string record_json(const Schema& schema, const EncodedRows& rows, std::size_t row);

}  // namespace mlserve::features

#pragma once

#include <string>
#include <string_view>

namespace mlserve::data {

/// Appends JSON text to a string the caller owns and may reuse: commas and colons are put where
/// they belong, doubles are shortest round-trip, NaN and infinities are null. No document is built.
///
///   JsonWriter json(out);
///   json.begin_object().key("prediction").begin_array().integer(0).end_array().end_object();
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& string(std::string_view text);
  JsonWriter& number(double value);
  JsonWriter& integer(long long value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  /// `json` is a complete JSON value, put in as it is.
  JsonWriter& raw(std::string_view json);

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();

  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace mlserve::data

#include "mlserve/console.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <span>

#include "core/text.hpp"
#include "data/byte_sink.hpp"

namespace mlserve::app {
namespace {

using Align = TextTable::Align;

/// Width on a terminal: the number of code points.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string describe_values(const features::Feature& feature, double fill) {
  if (feature.is_categorical()) {
    constexpr std::size_t kShownCategories = 8;
    const std::span<const std::string> first(feature.categories.data(),
                                             std::min(kShownCategories, feature.categories.size()));
    const std::size_t more = feature.categories.size() - first.size();
    return shown(join(first), 120) + (more > 0 ? ", … " + std::to_string(more) + " more" : "");
  }
  return rounded(feature.minimum) + " to " + rounded(feature.maximum) + ", mean " + rounded(fill);
}

/// Two-sided p-value of a coefficient under the standard normal distribution.
double p_value(double z) { return std::erfc(std::abs(z) / std::sqrt(2.0)); }

}  // namespace

void print(std::string_view text) { data::open_sink("-")->write(text); }

std::string TextTable::text(std::size_t indent) const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width(row[c]));
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line(indent, ' ');
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string padding(widths[c] - width(row[c]), ' ');
      line += columns_[c] == Align::left ? row[c] + padding : padding + row[c];
      line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string rounded(double value, int digits) {
  if (std::isnan(value)) return "n/a";
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*g", digits, value);
  return buffer.data();
}

std::string grouped(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return text;
}

std::string schema_text(const model::Model& model) {
  const features::Target& target = model.schema.target;
  std::string text =
      "target  " + shown(target.name) + " (" + std::string(type_name(target.type)) + "): ";
  text += shown(target.classes[0]) + " in " + grouped(target.counts[0]) + " rows, " +
          shown(target.classes[1]) + " in " + grouped(target.counts[1]) + "\nfeatures\n";
  TextTable table({Align::left, Align::left, Align::right, Align::left});
  for (std::size_t f = 0; f < model.schema.features.size(); ++f) {
    const features::Feature& feature = model.schema.features[f];
    table.add({shown(feature.name), std::string(kind_name(feature.kind)),
               feature.missing > 0 ? grouped(feature.missing) + " missing" : "",
               describe_values(feature, model.encoder.fill_values()[f])});
  }
  return text + table.text(2);
}

std::string coefficients_text(const model::Model& model, std::size_t most) {
  TextTable table({Align::left, Align::right, Align::right, Align::right, Align::right});
  table.add({"", "coefficient", "std. error", "z", "p"});
  const auto add = [&table](const std::string& name, double value, double error) {
    const double z = value / error;
    table.add({shown(name), rounded(value, 6), rounded(error), rounded(z), rounded(p_value(z), 3)});
  };
  add("(intercept)", model.intercept, model.intercept_standard_error);
  const std::size_t count = std::min(most, model.columns.size());
  for (std::size_t c = 0; c < count; ++c) {
    add(model.columns[c].name, model.coefficients[c], model.standard_errors[c]);
  }
  const std::size_t more = model.columns.size() - count;
  return table.text(2) +
         (more > 0 ? "  … " + grouped(more) + " more; mlserve inspect shows all\n" : "");
}

std::string metrics_text(const std::vector<std::pair<std::string, double>>& metrics) {
  TextTable table({Align::left, Align::right});
  for (const auto& [name, value] : metrics) table.add({name, rounded(value)});
  return table.text(2);
}

void write_features(data::JsonWriter& json, const model::Model& model) {
  json.begin_array();
  for (std::size_t f = 0; f < model.schema.features.size(); ++f) {
    const features::Feature& feature = model.schema.features[f];
    json.begin_object()
        .key("name")
        .string(feature.name)
        .key("kind")
        .string(kind_name(feature.kind));
    json.key("missing").integer(static_cast<long long>(feature.missing));
    if (feature.is_categorical()) {
      json.key("categories").begin_array();
      for (const std::string& category : feature.categories) json.string(category);
      json.end_array();
    } else {
      json.key("minimum").number(feature.minimum).key("maximum").number(feature.maximum);
      json.key("fill").number(model.encoder.fill_values()[f]);
    }
    json.end_object();
  }
  json.end_array();
}

void write_coefficients(data::JsonWriter& json, const model::Model& model) {
  const auto write = [&json](const std::string& name, double value, double error) {
    const double z = value / error;
    json.begin_object().key("column").string(name).key("coefficient").number(value);
    json.key("standard_error")
        .number(error)
        .key("z")
        .number(z)
        .key("p")
        .number(p_value(z))
        .end_object();
  };
  json.begin_array();
  write("(intercept)", model.intercept, model.intercept_standard_error);
  for (std::size_t c = 0; c < model.columns.size(); ++c) {
    write(model.columns[c].name, model.coefficients[c], model.standard_errors[c]);
  }
  json.end_array();
}

void write_metrics(data::JsonWriter& json,
                   const std::vector<std::pair<std::string, double>>& metrics) {
  json.begin_object();
  for (const auto& [name, value] : metrics) json.key(name).number(value);
  json.end_object();
}

void log_value_warnings(Log& log, const features::Schema& schema,
                        const std::vector<features::ValueWarnings>& warnings, std::uint64_t rows) {
  for (std::size_t f = 0; f < warnings.size(); ++f) {
    const auto say = [&](std::uint64_t count, const std::string& what) {
      if (count == 0) return;
      log.warning("feature '" + shown(schema.features[f].name) + "': " + grouped(count) + " of " +
                  grouped(rows) + " values " + what);
    };
    say(warnings[f].missing, "missing");
    say(warnings[f].unknown, "unknown, not among the categories of the training data");
    say(warnings[f].out_of_range, "outside the range of the training data");
  }
}

}  // namespace mlserve::app

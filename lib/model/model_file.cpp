#include "model/model_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/sha256.hpp"
#include "core/text.hpp"
#include "features/json_rows.hpp"
#include "model/scorer.hpp"

namespace mlserve::model {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "mlserve.model";
constexpr std::string_view kChecksumPrefix = "sha256:";
constexpr std::size_t kDigestDigits = 64;
constexpr std::size_t kMaxFileBytes = std::size_t{256} << 20;
constexpr int kMaxDepth = 16;
constexpr double kGoldenTolerance = 1e-12;

/// Where the digits of the checksum stand in the text of a model file, or npos.
std::size_t find_digest(const std::string& text) {
  const std::size_t prefix = text.find(kChecksumPrefix);
  if (prefix == std::string::npos) return prefix;
  const std::size_t begin = prefix + kChecksumPrefix.size();
  return text.size() - begin < kDigestDigits ? std::string::npos : begin;
}

/// The checksum is taken over the file with zeros in its own place.
std::string digest_of(std::string text, std::size_t digest_begin) {
  text.replace(digest_begin, kDigestDigits, kDigestDigits, '0');
  return sha256_hex(text);
}

// Writing.

/// NaN is null: JSON has no other word for it.
Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json numbers_or_null(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(number_or_null(value));
  return list;
}

Json feature_json(const features::Feature& feature, double fill) {
  Json json = {{"name", feature.name},
               {"kind", features::kind_name(feature.kind)},
               {"missing", feature.missing}};
  if (feature.is_categorical()) {
    json["categories"] = feature.categories;
    json["counts"] = feature.counts;
    return json;
  }
  json["minimum"] = feature.minimum;
  json["maximum"] = feature.maximum;
  json["integers"] = feature.integers;
  json["fill"] = fill;
  json["histogram"] = {{"edges", feature.histogram.edges}, {"counts", feature.histogram.counts}};
  return json;
}

Json training_json(const TrainingRecord& training) {
  Json json = {{"rows", training.rows},
               {"rows_without_target", training.rows_without_target},
               {"data_hash", training.data_hash},
               {"seed", training.seed},
               {"test_size", training.test_size},
               {"penalty", "l2"},
               {"C", training.C},
               {"iterations", training.iterations},
               {"converged", training.converged},
               {"mlserve_version", training.mlserve_version}};
  if (!training.created_at.empty()) json["created_at"] = training.created_at;
  return json;
}

Json model_json(const Model& model) {
  Json json = {{"format", kFormat},
               {"format_version", kFormatVersion},
               {"checksum", std::string(kChecksumPrefix) + std::string(kDigestDigits, '0')},
               {"task", "classification"},
               {"estimator", "logistic"}};
  const features::Target& target = model.schema.target;
  json["target"] = {{"name", target.name},
                    {"type", features::type_name(target.type)},
                    {"classes", target.classes},
                    {"counts", target.counts}};
  json["features"] = Json::array();
  for (std::size_t f = 0; f < model.schema.features.size(); ++f) {
    json["features"].push_back(
        feature_json(model.schema.features[f], model.encoder.fill_values()[f]));
  }
  json["columns"] = Json::array();
  for (const features::DesignColumn& column : model.columns) json["columns"].push_back(column.name);
  json["coefficients"] = Json::array({model.coefficients});
  json["intercept"] = Json::array({model.intercept});
  json["standard_errors"] = Json::array({numbers_or_null(model.standard_errors)});
  json["intercept_standard_error"] = Json::array({number_or_null(model.intercept_standard_error)});
  json["metrics"] = Json::object();
  for (const auto& [name, value] : model.metrics) json["metrics"][name] = number_or_null(value);
  json["training"] = training_json(model.training);
  json["golden_rows"] = Json::array();
  for (const GoldenRow& row : model.golden_rows) {
    json["golden_rows"].push_back(
        {{"record", Json::parse(row.record)}, {"probability", row.probability}});
  }
  return json;
}

// Reading. A file that says something else than it should is corrupt; `require` names the rule.

class ModelReader {
 public:
  explicit ModelReader(const std::string& name) : name_(name) {}

  Model read(const std::string& text) {
    const Json json = parse(text);
    check_header(json, text);
    Model model;
    try {
      read_target(json.at("target"), model.schema.target);
      read_features(json.at("features"), model);
      read_fit(json, model);
      read_training(json, model);
    } catch (const Json::exception& error) {
      throw corrupt(std::string("is not a valid model: ") + without_code(error.what()));
    }
    rescore_golden_rows(model);
    return model;
  }

 private:
  Error corrupt(const std::string& message) const {
    return Error(ErrorKind::corrupt, name_ + ": " + message);
  }
  void require(bool rule, const std::string& message) const {
    if (!rule) throw corrupt("is not a valid model: " + message);
  }

  /// nlohmann's messages begin with a code: "[json.exception.type_error.302] ".
  static std::string without_code(const std::string& message) {
    const std::size_t end = message.find("] ");
    return end == std::string::npos ? message : message.substr(end + 2);
  }

  Json parse(const std::string& text) const {
    if (text.find('\0') != std::string::npos)
      throw corrupt("is not a mlserve model: it has NUL bytes");
    const auto limit_depth = [this](int depth, Json::parse_event_t, Json&) {
      if (depth > kMaxDepth) throw corrupt("is not a mlserve model: it is nested too deeply");
      return true;
    };
    try {
      return Json::parse(text, limit_depth);
    } catch (const Json::parse_error& error) {
      const auto upto =
          text.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, text.size()));
      const auto line = std::count(text.begin(), upto, '\n') + 1;
      const bool cut = error.byte >= text.size();
      throw Error(ErrorKind::corrupt, name_ + ":" + std::to_string(line) +
                                          ": is not a mlserve model: " +
                                          (cut ? "the JSON text is cut short" : "not JSON"));
    } catch (const Json::out_of_range&) {
      throw corrupt("is not a mlserve model: it has a number beyond the range of double");
    }
  }

  void check_header(const Json& json, const std::string& text) const {
    if (!json.is_object() || json.value("format", Json()) != kFormat) {
      throw corrupt("is not a mlserve model: it has no \"format\": \"" + std::string(kFormat) +
                    "\"");
    }
    const Json version = json.value("format_version", Json());
    if (!version.is_number_integer() || version < 1) throw corrupt("has no format_version");
    if (version > kFormatVersion) {
      throw corrupt("was written by a newer mlserve: format version " + version.dump() +
                    ", this program reads up to " + std::to_string(kFormatVersion));
    }
    const std::size_t digest = find_digest(text);
    const std::string stated = json.value("checksum", Json("")).dump();
    if (digest == std::string::npos ||
        stated != "\"" + std::string(kChecksumPrefix) + digest_of(text, digest) + "\"") {
      throw corrupt("its checksum does not match: the file was edited or damaged; train it again");
    }
  }

  void read_target(const Json& json, features::Target& target) const {
    json.at("name").get_to(target.name);
    const auto type = features::parse_target_type(json.at("type").get<std::string>());
    require(type.has_value(), "unknown target type");
    target.type = *type;
    json.at("classes").get_to(target.classes);
    target.counts = counts(json.at("counts"));
    require(target.classes.size() == 2 && target.counts.size() == 2 &&
                target.classes[0] != target.classes[1],
            "a target has two classes");
    // Classes that are no strings stand in answers as they are.
    for (std::size_t k = 0; k < target.classes.size(); ++k) {
      require(Json::accept(features::class_json(target, k)),
              "class '" + shown(target.classes[k]) + "' is not of the target's type");
    }
  }

  std::uint64_t count(const Json& json) const {
    require(json.is_number_unsigned(), "a count is not a whole number");
    return json.get<std::uint64_t>();
  }

  std::vector<std::uint64_t> counts(const Json& list) const {
    require(list.is_array(), "counts are not a list");
    std::vector<std::uint64_t> values;
    for (const Json& json : list) values.push_back(count(json));
    return values;
  }

  void read_features(const Json& list, Model& model) const {
    require(list.is_array() && !list.empty(), "it has no features");
    std::vector<double> fill_values;
    for (const Json& json : list) {
      features::Feature feature;
      json.at("name").get_to(feature.name);
      const auto kind = features::parse_kind(json.at("kind").get<std::string>());
      require(kind.has_value(), "unknown kind of feature '" + shown(feature.name) + "'");
      require(!model.schema.find(feature.name),
              "feature '" + shown(feature.name) + "' appears twice");
      feature.kind = *kind;
      feature.missing = count(json.at("missing"));
      fill_values.push_back(feature.is_categorical() ? std::numeric_limits<double>::quiet_NaN()
                                                     : json.at("fill").get<double>());
      if (feature.is_categorical()) {
        read_categories(json, feature);
      } else {
        read_range(json, feature);
      }
      model.schema.features.push_back(std::move(feature));
    }

    model.encoder = features::Encoder(std::move(fill_values));
  }

  void read_categories(const Json& json, features::Feature& feature) const {
    json.at("categories").get_to(feature.categories);
    feature.counts = counts(json.at("counts"));
    const auto& categories = feature.categories;
    const bool in_order = std::adjacent_find(categories.begin(), categories.end(),
                                             std::greater_equal<>()) == categories.end();
    require(!categories.empty() && categories.size() == feature.counts.size() && in_order,
            "categories of feature '" + shown(feature.name) +
                "' are not in order, each once and with its count");
    feature.index = features::CategoryIndex(feature.categories);
  }

  void read_range(const Json& json, features::Feature& feature) const {
    json.at("minimum").get_to(feature.minimum);
    json.at("maximum").get_to(feature.maximum);
    json.at("integers").get_to(feature.integers);
    json.at("histogram").at("edges").get_to(feature.histogram.edges);
    feature.histogram.counts = counts(json.at("histogram").at("counts"));
    require(feature.histogram.edges.size() == feature.histogram.counts.size() + 1,
            "histogram of feature '" + shown(feature.name) + "' has not one edge more than counts");
  }

  void read_fit(const Json& json, Model& model) const {
    model.columns = features::design_columns(model.schema);
    const auto names = json.at("columns").get<std::vector<std::string>>();
    const bool same =
        std::equal(names.begin(), names.end(), model.columns.begin(), model.columns.end(),
                   [](const std::string& a, const auto& b) { return a == b.name; });
    require(same, "its columns do not follow from its features");
    model.coefficients = one_row(json.at("coefficients"));
    model.standard_errors = one_row(json.at("standard_errors"));
    require(json.at("intercept").size() == 1 && json.at("intercept_standard_error").size() == 1,
            "it has not one intercept");
    model.intercept = json.at("intercept").at(0).get<double>();
    model.intercept_standard_error = nan_for_null(json.at("intercept_standard_error").at(0));
    require(
        model.coefficients.size() == names.size() && model.standard_errors.size() == names.size(),
        "it has not one coefficient a column");
    const auto finite = [](double value) { return std::isfinite(value); };
    require(finite(model.intercept) &&
                std::all_of(model.coefficients.begin(), model.coefficients.end(), finite),
            "a coefficient is not finite");
    require(json.at("metrics").is_object(), "metrics are not by name");
    for (const auto& [name, value] : json.at("metrics").items()) {
      model.metrics.emplace_back(name, nan_for_null(value));
    }
  }

  std::vector<double> one_row(const Json& rows) const {
    require(rows.is_array() && rows.size() == 1 && rows.at(0).is_array(),
            "two classes have one row of coefficients");
    std::vector<double> values;
    for (const Json& value : rows.at(0)) values.push_back(nan_for_null(value));
    return values;
  }

  static double nan_for_null(const Json& json) {
    return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
  }

  void read_training(const Json& json, Model& model) const {
    const Json& record = json.at("training");
    TrainingRecord& training = model.training;
    training.rows = count(record.at("rows"));
    training.rows_without_target = count(record.at("rows_without_target"));
    record.at("data_hash").get_to(training.data_hash);
    training.seed = count(record.at("seed"));
    record.at("test_size").get_to(training.test_size);
    record.at("C").get_to(training.C);
    record.at("iterations").get_to(training.iterations);
    record.at("converged").get_to(training.converged);
    record.at("mlserve_version").get_to(training.mlserve_version);
    training.created_at = record.value("created_at", "");
    require(json.at("golden_rows").is_array(), "golden rows are not a list");
    for (const Json& row : json.at("golden_rows")) {
      model.golden_rows.push_back({row.at("record").dump(), row.at("probability").get<double>()});
    }
    model.checksum = json.at("checksum").get<std::string>().substr(kChecksumPrefix.size());
  }

  void rescore_golden_rows(const Model& model) const {
    features::JsonRowParser parser(model.schema);
    const Scorer scorer(model);
    std::vector<double> probabilities;
    for (std::size_t i = 0; i < model.golden_rows.size(); ++i) {
      features::ParsedRows parsed;
      parsed.start(model.schema);
      parser.parse(model.golden_rows[i].record, parsed);
      require(parsed.problems.empty() && parsed.rows.size() == 1,
              "golden row " + std::to_string(i + 1) + " does not fit the features");
      scorer.score(parsed.rows, probabilities);
      const double expected = model.golden_rows[i].probability;
      require(std::abs(probabilities[0] - expected) <= kGoldenTolerance * expected,
              "golden row " + std::to_string(i + 1) + " does not score as it did in training");
    }
  }

  const std::string& name_;
};

}  // namespace

std::string to_text(const Model& model) {
  std::string text = model_json(model).dump(1) + "\n";
  const std::size_t digest = find_digest(text);
  text.replace(digest, kDigestDigits, digest_of(text, digest));
  return text;
}

Model from_text(const std::string& text, const std::string& name) {
  return ModelReader(name).read(text);
}

std::string save(const Model& model, const std::string& path) {
  const std::string text = to_text(model);
  write_file(path, text);
  return text.substr(find_digest(text), kDigestDigits);
}

Model load(const std::string& path) { return from_text(read_file(path, kMaxFileBytes), path); }

}  // namespace mlserve::model

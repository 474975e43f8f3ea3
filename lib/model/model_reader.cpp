#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "features/number_limit.hpp"
#include "model/model_json.hpp"

namespace mlserve::model {
namespace {

using Json = nlohmann::ordered_json;
using features::CategoryUse;
using features::Feature;
using features::FeatureEncoding;

void require(bool rule, const std::string& message) {
  if (!rule) throw Error(ErrorKind::corrupt, message);
}

std::string text_of(const Json& json) {
  return json.is_number() ? format_double(json.get<double>()) : json.get<std::string>();
}

double nan_for_null(const Json& json) { return json.is_null() ? kNaN : json.get<double>(); }

std::vector<double> numbers(const Json& list) {
  require(list.is_array(), "numbers are not a list");
  std::vector<double> values;
  for (const Json& value : list) values.push_back(nan_for_null(value));
  return values;
}

std::vector<std::vector<double>> rows_of_numbers(const Json& list) {
  require(list.is_array(), "rows of numbers are not a list");
  std::vector<std::vector<double>> rows;
  for (const Json& row : list) rows.push_back(numbers(row));
  return rows;
}

NamedNumbers named_numbers(const Json& json, const std::string& what) {
  require(json.is_object(), what + " are not by name");
  NamedNumbers named;
  for (const auto& [name, value] : json.items()) named.emplace_back(name, nan_for_null(value));
  return named;
}

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

std::uint64_t count(const Json& json) {
  require(json.is_number_unsigned(), "a count is not a whole number");
  return json.get<std::uint64_t>();
}

std::vector<std::uint64_t> counts(const Json& list) {
  require(list.is_array(), "counts are not a list");
  std::vector<std::uint64_t> values;
  for (const Json& json : list) values.push_back(count(json));
  return values;
}

/// Members of format version 1 as those of version 2.
void upgrade_from_1(Json& json) {
  json["inference"] = {
      {"standard_errors", json.at("standard_errors")},
      {"intercept_standard_errors", json.at("intercept_standard_error")},
      {"residual_degrees", 0},
      {"statistics", Json::object()},
      {"variance_inflation", Json::array()},
      {"warnings", Json::array()},
  };
  Json& training = json.at("training");
  for (const char* name : {"penalty", "C", "test_size", "seed"}) {
    training["options"][std::string(name) == "test_size" ? "test-size" : name] = training.at(name);
  }
  training["solver"] = "newton";
  for (Json& row : json.at("golden_rows")) row["scores"] = Json::array({row.at("probability")});
  for (Json& feature : json.at("features")) {
    feature["infrequent"] = Json::array();
    feature["without_column"] = Json::array();
  }
  json["interactions"] = Json::array();
  json["refuses_missing"] = false;
  json["scales"] = Json::array();
  json["threshold"] = 0.5;
  json["metrics_standard_deviations"] = Json::object();
}

/// What version 1 does not say: the mean of each column is its fill value or the share of its
/// category.
std::vector<double> means_by_features(const Model& model) {
  std::vector<double> means;
  for (const features::DesignColumn& column : model.columns) {
    const Feature& feature = model.schema.features[column.part.feature];
    means.push_back(feature.is_number()
                        ? model.encoder[column.part.feature].fill
                        : static_cast<double>(feature.counts[column.part.index]) /
                              static_cast<double>(std::max<std::uint64_t>(1, model.training.rows)));
  }
  return means;
}

class ModelReader {
 public:
  Model read(Json json) {
    const bool version_1 = json.at("format_version") == 1;
    if (version_1) upgrade_from_1(json);
    read_target(json);
    read_features(json.at("features"));
    read_interactions(json.at("interactions"));
    json.at("refuses_missing").get_to(model_.schema.refuses_missing);
    read_training(json.at("training"));
    read_fit(json);
    model_.means = version_1 ? means_by_features(model_) : numbers(json.at("means"));
    require(model_.means.size() == model_.columns.size() && all_finite(model_.means),
            "it has not one mean a column");
    read_inference(json.at("inference"));
    model_.metrics = named_numbers(json.at("metrics"), "metrics");
    model_.metrics_deviations =
        named_numbers(json.at("metrics_standard_deviations"), "standard deviations");
    require(json.at("golden_rows").is_array(), "golden rows are not a list");
    for (const Json& row : json.at("golden_rows"))
      model_.golden_rows.push_back({row.at("record").dump(), numbers(row.at("scores"))});
    return std::move(model_);
  }

 private:
  void read_target(const Json& json) {
    const Json& from = json.at("target");
    features::Target& target = model_.schema.target;
    from.at("name").get_to(target.name);
    const auto type = features::parse_target_type(from.at("type").get<std::string>());
    const auto task = features::parse_task(json.at("task").get<std::string>());
    require(type.has_value(), "unknown target type");
    require(task.has_value(), "unknown task");
    target.type = *type;
    target.task = *task;
    if (target.task == features::Task::classification) {
      read_classes(from, target);
    } else {
      from.at("minimum").get_to(target.minimum);
      from.at("maximum").get_to(target.maximum);
      from.at("mean").get_to(target.mean);
    }
  }

  static bool is_of_type(const features::Target& target, std::size_t k) {
    const std::string& name = target.classes[k];
    if (target.type == features::TargetType::string) return true;
    if (target.type == features::TargetType::boolean) return name == "true" || name == "false";
    return parse_double(name).has_value() && Json::accept(name);
  }

  static void read_classes(const Json& json, features::Target& target) {
    json.at("classes").get_to(target.classes);
    target.counts = counts(json.at("counts"));
    require(target.classes.size() >= 2 && target.counts.size() == target.classes.size(),
            "a target has two classes or more, each with its count");
    std::vector<std::string> ordered = target.classes;
    std::sort(ordered.begin(), ordered.end());
    require(std::adjacent_find(ordered.begin(), ordered.end()) == ordered.end(),
            "a class appears twice");
    // Classes that are no strings stand in answers as they are.
    for (std::size_t k = 0; k < target.classes.size(); ++k) {
      require(is_of_type(target, k),
              "class '" + shown(target.classes[k]) + "' is not of the target's type");
    }
  }

  void read_features(const Json& list) {
    require(list.is_array() && !list.empty(), "it has no features");
    std::vector<FeatureEncoding> encodings;
    for (const Json& json : list) {
      Feature feature;
      FeatureEncoding& encoding = encodings.emplace_back();
      json.at("name").get_to(feature.name);
      const auto kind = features::parse_kind(json.at("kind").get<std::string>());
      require(kind.has_value(), "unknown kind of feature '" + shown(feature.name) + "'");
      require(!model_.schema.find(feature.name),
              "feature '" + shown(feature.name) + "' appears twice");
      feature.kind = *kind;
      feature.missing = count(json.at("missing"));
      encoding.indicator = json.value("missing_indicator", false);
      if (feature.is_number()) {
        read_range(json, feature);
        json.at("fill").get_to(encoding.fill);
        require(is_within_reach(feature, encoding.fill),
                "feature '" + shown(feature.name) + "' has a fill value out of reach");
      } else {
        read_categories(json, feature, encoding);
      }
      model_.schema.features.push_back(std::move(feature));
    }
    model_.encoder = features::Encoder(std::move(encodings));
  }

  static void read_categories(const Json& json, Feature& feature, FeatureEncoding& encoding) {
    json.at(feature.is_text() ? "words" : "categories").get_to(feature.categories);
    feature.counts = counts(json.at("counts"));
    const auto& categories = feature.categories;
    const bool in_order = std::adjacent_find(categories.begin(), categories.end(),
                                             std::greater_equal<>()) == categories.end();
    require(!categories.empty() && categories.size() == feature.counts.size() && in_order,
            "categories of feature '" + shown(feature.name) +
                "' are not in order, each once and with its count");
    feature.index_categories();
    if (feature.is_text()) {
      encoding.idf = numbers(json.at("idf"));
      require(encoding.idf.size() == categories.size() && all_finite(encoding.idf),
              "feature '" + shown(feature.name) + "' has not one idf a word");
      return;
    }
    encoding.use.assign(categories.size(), CategoryUse::own);
    mark(json.at("infrequent"), CategoryUse::infrequent, feature, encoding);
    mark(json.at("without_column"), CategoryUse::none, feature, encoding);
  }

  static void mark(const Json& names, CategoryUse use, const Feature& feature,
                   FeatureEncoding& encoding) {
    for (const std::string& name : names.get<std::vector<std::string>>()) {
      const auto& all = feature.categories;
      const auto found = std::lower_bound(all.begin(), all.end(), name);
      require(found != all.end() && *found == name,
              "feature '" + shown(feature.name) + "' has no category '" + shown(name) + "'");
      encoding.use[static_cast<std::size_t>(found - all.begin())] = use;
    }
  }

  /// Whether a number of a feature can be computed with: no year beyond 9999.
  static bool is_within_reach(const Feature& feature, double value) {
    constexpr double kLatest = 253'402'300'800;
    return std::abs(value) <= (feature.is_date() ? kLatest : features::kLargestNumber);
  }

  static void read_range(const Json& json, Feature& feature) {
    json.at("minimum").get_to(feature.minimum);
    json.at("maximum").get_to(feature.maximum);
    json.at("integers").get_to(feature.integers);
    json.at("histogram").at("edges").get_to(feature.histogram.edges);
    feature.histogram.counts = counts(json.at("histogram").at("counts"));
    require(feature.histogram.edges.size() == feature.histogram.counts.size() + 1,
            "histogram of feature '" + shown(feature.name) + "' has not one edge more than counts");
    require(std::is_sorted(feature.histogram.edges.begin(), feature.histogram.edges.end()),
            "histogram of feature '" + shown(feature.name) + "' has edges out of order");
    require(is_within_reach(feature, feature.minimum) && is_within_reach(feature, feature.maximum),
            "feature '" + shown(feature.name) + "' has a range out of reach");
    if (!feature.is_date()) return;
    for (const std::string& name : json.at("parts").get<std::vector<std::string>>()) {
      const auto* part = std::find_if(features::kDateParts.begin(), features::kDateParts.end(),
                                      [&](auto known) { return features::name_of(known) == name; });
      require(part != features::kDateParts.end(), "no part of a date is called " + shown(name));
      const auto& parts = feature.date_parts;
      require(std::find(parts.begin(), parts.end(), *part) == parts.end(),
              "a part of a date appears twice");
      feature.date_parts.push_back(*part);
    }
  }

  void read_interactions(const Json& list) {
    for (const auto& pair : list.get<std::vector<std::vector<std::string>>>()) {
      require(pair.size() == 2, "an interaction is not one of two features");
      const features::Interaction interaction{known_feature(pair[0]), known_feature(pair[1])};
      const auto problem = interaction_problem(model_.schema, interaction);
      require(!problem, "an interaction " + problem.value_or(""));
      model_.schema.interactions.push_back(interaction);
    }
  }

  std::size_t known_feature(const std::string& name) const {
    const auto f = model_.schema.find(name);
    require(f.has_value(), "an interaction has no feature '" + shown(name) + "'");
    return *f;
  }

  void read_fit(const Json& json) {
    const auto estimator = json.at("estimator").get<std::string>();
    const auto known = {Estimator::logistic, Estimator::linear, Estimator::poisson};
    const auto* found = std::find_if(known.begin(), known.end(), [&](Estimator candidate) {
      return estimator_name(candidate) == estimator;
    });
    require(found != known.end(), "unknown estimator " + shown(estimator));
    require(*found == estimator_of(model_.schema.target.task),
            "its estimator is not that of its task");
    model_.estimator = *found;
    const auto names = json.at("columns").get<std::vector<std::string>>();
    require(features::number_of_columns(model_.schema, model_.encoder) == names.size(),
            "its columns do not follow from its features");
    model_.columns = features::design_columns(model_.schema, model_.encoder);
    const bool same =
        std::equal(names.begin(), names.end(), model_.columns.begin(), model_.columns.end(),
                   [](const std::string& a, const auto& b) { return a == b.name; });
    require(same, "its columns do not follow from its features");
    model_.coefficients = rows_of_numbers(json.at("coefficients"));
    model_.intercepts = numbers(json.at("intercept"));
    const std::size_t classes = model_.schema.target.classes.size();
    const std::size_t margins = classes > 2 ? classes : 1;
    require(model_.coefficients.size() == margins && model_.intercepts.size() == margins,
            margins == 1 ? "it has not one row of coefficients and one intercept"
                         : "it has not one row of coefficients and one intercept a class");
    require(all_finite(model_.intercepts), "an intercept is not finite");
    for (const auto& row : model_.coefficients)
      require(row.size() == names.size(), "it has not one coefficient a column");
    model_.scales = numbers(json.at("scales"));
    require(model_.scales.empty() || model_.scales.size() == names.size(),
            "it has not one scale a column");
    require(std::all_of(model_.scales.begin(), model_.scales.end(),
                        [](double scale) { return scale > 0 && std::isfinite(scale); }),
            "a scale is not above 0");
    if (classes == 2) json.at("threshold").get_to(model_.threshold);
    require(model_.threshold >= 0 && model_.threshold <= 1, "its threshold is no probability");
  }

  void read_inference(const Json& json) {
    Inference& inference = model_.inference;
    inference.standard_errors = rows_of_numbers(json.at("standard_errors"));
    inference.intercept_standard_errors = numbers(json.at("intercept_standard_errors"));
    json.at("residual_degrees").get_to(inference.residual_degrees);
    const std::size_t classes = model_.schema.target.classes.size();
    const std::size_t rows = classes > 2 ? classes - 1 : 1;
    const auto& errors = inference.standard_errors;
    const bool none = errors.empty() && inference.intercept_standard_errors.empty();
    const bool fit = errors.size() == rows && inference.intercept_standard_errors.size() == rows &&
                     std::all_of(errors.begin(), errors.end(), [&](const auto& row) {
                       return row.size() == model_.columns.size();
                     });
    require(none || fit, "it has not one standard error a coefficient");
    inference.statistics = named_numbers(json.at("statistics"), "statistics");
    require(json.at("variance_inflation").is_array(), "variance inflation is not a list");
    for (const Json& item : json.at("variance_inflation")) {
      inference.inflation.push_back({item.at("feature").get<std::string>(),
                                     nan_for_null(item.at("gvif")), item.at("columns").get<int>()});
    }
    json.at("warnings").get_to(inference.warnings);
  }

  void read_training(const Json& json) {
    TrainingRecord& training = model_.training;
    training.rows = count(json.at("rows"));
    training.rows_without_target = count(json.at("rows_without_target"));
    json.at("data_hash").get_to(training.data_hash);
    for (const auto& [name, value] : json.at("options").items())
      training.options.emplace_back(name, text_of(value));
    json.at("solver").get_to(training.solver);
    json.at("iterations").get_to(training.iterations);
    json.at("converged").get_to(training.converged);
    json.at("mlserve_version").get_to(training.mlserve_version);
    training.created_at = json.value("created_at", "");
  }

  Model model_;
};

}  // namespace

Model model_from_json(Json json) { return ModelReader().read(std::move(json)); }

}  // namespace mlserve::model

#include "exporters/onnx_answers.hpp"

#include <cstdint>
#include <string_view>

#include "core/number.hpp"

namespace mlserve::exporters {
namespace {

using model::Estimator;

constexpr const char* kLabel = "label";
constexpr const char* kProbabilities = "probabilities";
constexpr const char* kPrediction = "prediction";

/// Beyond that exp overflows.
constexpr double kLargestExponent = 709;

/// Adds the nodes between the margins and the answers, and the outputs.
class AnswerNodes {
 public:
  AnswerNodes(const model::Model& model, OnnxGraph& graph) : model_(model), graph_(graph) {}

  void add(const std::string& margins) {
    const std::vector<std::string>& classes = model_.schema.target.classes;
    if (classes.empty()) {
      add_prediction(margins);
    } else {
      add_label(classes.size() == 2 ? two_classes(margins) : several_classes(margins));
      graph_.add_output(kProbabilities, OnnxType::float64,
                        {kOnnxRows, static_cast<std::int64_t>(classes.size())},
                        "of the classes in their order");
    }
  }

 private:
  std::string number(std::string_view role, double value) {
    return graph_.constant(role, {1, 1}, std::vector<double>{value});
  }

  void add_prediction(const std::string& margins) {
    if (model_.estimator == Estimator::poisson) {
      const std::string largest = number("largest_exponent", kLargestExponent);
      const std::string cut = graph_.add({.op = "Min", .inputs = {margins, largest}});
      graph_.add({.op = "Exp", .inputs = {cut}, .output = kPrediction});
    } else {
      graph_.add({.op = "Identity", .inputs = {margins}, .output = kPrediction});
    }
    graph_.add_output(kPrediction, OnnxType::float64, {kOnnxRows, 1}, "the predicted number");
  }

  /// 1 / (1 + exp(-margin)), or exp(margin) / (1 + exp(margin)) below 0. ONNX leaves the digits of
  /// its Sigmoid to the runtime; that of ONNX Runtime gives 0 for a margin of -37, which flips the
  /// labels of a small threshold.
  std::string sigmoid(const std::string& margins, const std::string& one) {
    const std::string size = graph_.add({.op = "Abs", .inputs = {margins}});
    const std::string negative_size = graph_.add({.op = "Neg", .inputs = {size}});
    const std::string odds = graph_.add({.op = "Exp", .inputs = {negative_size}});
    const std::string is_below = graph_.add({.op = "Less", .inputs = {margins, number("zero", 0)}});
    const std::string numerator = graph_.add({.op = "Where", .inputs = {is_below, odds, one}});
    const std::string denominator = graph_.add({.op = "Add", .inputs = {one, odds}});
    return graph_.add({.op = "Div", .inputs = {numerator, denominator}});
  }

  /// Adds the probabilities; the index of the predicted class of each row.
  std::string two_classes(const std::string& margins) {
    const std::string one = number("one", 1);
    const std::string second = sigmoid(margins, one);
    const std::string first = graph_.add({.op = "Sub", .inputs = {one, second}});
    graph_.add({.op = "Concat",
                .inputs = {first, second},
                .attributes = {{"axis", std::int64_t{1}}},
                .output = kProbabilities});
    const std::string threshold = number("threshold", model_.threshold);
    const std::string is_second = graph_.add({.op = "Greater", .inputs = {second, threshold}});
    const std::string index =
        graph_.add({.op = "Cast",
                    .inputs = {is_second},
                    .attributes = {{"to", static_cast<std::int64_t>(OnnxType::int64)}}});
    const std::string axis = graph_.constant("axis", {1}, std::vector<std::int64_t>{1});
    return graph_.add({.op = "Squeeze", .inputs = {index, axis}});
  }

  /// The same; of equally probable classes the first is predicted.
  std::string several_classes(const std::string& margins) {
    graph_.add({.op = "Softmax",
                .inputs = {margins},
                .attributes = {{"axis", std::int64_t{1}}},
                .output = kProbabilities});
    return graph_.add({.op = "ArgMax",
                       .inputs = {kProbabilities},
                       .attributes = {{"axis", std::int64_t{1}},
                                      {"keepdims", std::int64_t{0}},
                                      {"select_last_index", std::int64_t{0}}}});
  }

  /// The classes as labels: integers where all of them are such and fit, else texts.
  OnnxValues labels() const {
    const features::Target& target = model_.schema.target;
    if (target.type != features::TargetType::integer) return target.classes;
    std::vector<std::int64_t> integers;
    for (const std::string& text : target.classes) {
      const auto integer = parse_integer(text);
      if (!integer) return target.classes;
      integers.push_back(*integer);
    }
    return integers;
  }

  void add_label(const std::string& index) {
    const OnnxValues values = labels();
    const auto count = static_cast<std::int64_t>(model_.schema.target.classes.size());
    const std::string classes = graph_.constant("classes", {count}, values);
    graph_.add({.op = "Gather",
                .inputs = {classes, index},
                .attributes = {{"axis", std::int64_t{0}}},
                .output = kLabel});
    graph_.add_output(kLabel, onnx_type(values), {kOnnxRows}, "the predicted class");
  }

  const model::Model& model_;
  OnnxGraph& graph_;
};

}  // namespace

std::vector<std::string> onnx_outputs(const model::Model& model) {
  if (model.schema.target.classes.empty()) return {kPrediction};
  return {kLabel, kProbabilities};
}

void add_answers(const model::Model& model, const std::string& margins, OnnxGraph& graph) {
  AnswerNodes(model, graph).add(margins);
}

}  // namespace mlserve::exporters

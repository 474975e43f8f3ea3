#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mlserve::report {

/// All that the page says, in plain values; sections without content are left out. Names, labels
/// and notes are UTF-8 of any content (they come from data). NaN is "not available".

struct Fact {
  std::string name;
  std::string value;
};

struct Bar {
  std::string label;  ///< a category, or the range of a bin: "20 to 30"
  double count;
};

/// How the bars of a feature follow each other.
enum class BarOrder {
  bins,       ///< neighbours on a scale, drawn without gaps
  categories  ///< separate things
};

struct FeatureSummary {
  std::string name;
  std::string kind;    ///< "numeric", "categorical", "text"
  std::string values;  ///< one line: "0.17 to 80, mean 29.9", "male 64 %, female 36 %"
  std::uint64_t missing = 0;
  BarOrder order = BarOrder::bins;
  std::vector<Bar> bars;
};

struct Metric {
  std::string name;
  double value;
  std::optional<double> deviation;  ///< standard deviation over folds; then `value` is the mean
};

struct ClassScore {
  std::string name;
  double precision;
  double recall;
  double f1;
  double rows;  ///< of the class, or the sum of their weights
};

struct Confusion {
  std::vector<std::string> classes;
  std::vector<std::vector<double>> counts;  ///< [actual][predicted], in the order of `classes`
};

/// Points in the order in which they are joined; `x` and `y` have one length.
struct Series {
  std::vector<double> x;
  std::vector<double> y;
};

struct Curve {
  std::string label;  ///< the class that is told from the others
  Series points;
  double area;
};

struct CalibrationBin {
  double predicted;  ///< mean predicted probability
  double observed;   ///< share of rows that are of the class
  double rows;
};

/// Predicted (x) and actual (y) values of some or all of the rows.
struct Predictions {
  Series points;
  std::uint64_t rows = 0;  ///< of which `points` are some
};

struct Coefficient {
  std::string name;
  std::string output;  ///< the class it belongs to; empty when there is one output
  double estimate;
  double low;  ///< ends of the 95 % interval; NaN where there is none
  double high;
  double p;
};

struct Report {
  std::string title;
  std::string subtitle;
  std::vector<Fact> facts;  ///< model, target, rows, data hash, date
  std::vector<std::string> warnings;

  std::vector<Metric> metrics;
  std::string metrics_note;  ///< "On 263 rows held out": what was measured on
  std::vector<ClassScore> class_scores;
  Confusion confusion;
  std::vector<Curve> roc;               ///< x: false positive rate, y: true positive rate
  std::vector<Curve> precision_recall;  ///< x: recall, y: precision
  std::vector<CalibrationBin> calibration;
  std::string calibration_note;  ///< which probability: "Probability of class 1"
  Predictions predictions;

  std::vector<Coefficient> coefficients;
  std::string ratio_name;         ///< of exp(estimate): "Odds ratio"; empty: no such column
  std::string coefficients_note;  ///< how the intervals were found

  std::uint64_t rows = 0;  ///< that `features` describe
  std::vector<FeatureSummary> features;

  Series learning;  ///< x: iteration, y: objective
  std::vector<Fact> training;
};

/// The report as one HTML page that needs nothing else: no script, no other file, no network.
/// It is well-formed XML, too. Equal reports give equal bytes.
std::string render(const Report& report);

}  // namespace mlserve::report

#include "pipeline/export_runtime.hpp"

#include <algorithm>
#include <array>

#include "core/error.hpp"

namespace mlserve::pipeline {
namespace {

using exporters::Dialect;
using exporters::ExportOptions;
using exporters::Language;

/// What runs a format, for some of its options.
struct KnownRuntime {
  std::string_view format;
  bool (*fits)(const ExportOptions& options);
  std::unique_ptr<ExportRuntime> (*open)(const ExportedModel& exported);
  std::string_view why_not;  ///< when `open` gives none, or there is nothing to open
};

bool always(const ExportOptions&) { return true; }

template <Dialect kDialect>
bool of(const ExportOptions& options) {
  return options.dialect == kDialect;
}

template <Language kLanguage>
bool in(const ExportOptions& options) {
  return options.language == kLanguage;
}

std::unique_ptr<ExportRuntime> nothing(const ExportedModel&) { return nullptr; }

/// The first that fits is the one.
constexpr std::array kRuntimes = {
    KnownRuntime{"onnx", &always, &nothing, "no ONNX runtime is linked in"},
    KnownRuntime{"pmml", &always, &nothing, "no PMML scorer is linked in"},
    KnownRuntime{"sql", &of<Dialect::sqlite>, &sqlite_runtime, "the linked SQLite has no exp()"},
    KnownRuntime{"sql", &always, &nothing, "of the databases only SQLite is linked in"},
    KnownRuntime{"c", &in<Language::c>, &compiler_runtime, "no cc on PATH"},
    KnownRuntime{"c", &in<Language::cpp>, &compiler_runtime, "no c++ on PATH"},
    KnownRuntime{"c", &in<Language::javascript>, &node_runtime, "no node on PATH"},
    KnownRuntime{"bundle", &always, &bundle_runtime, ""},
    KnownRuntime{"json", &always, &nothing, "only the program that reads it can score it"},
    KnownRuntime{"columns", &always, &nothing, "it has no weights"},
};

}  // namespace

std::size_t answer_width(const model::Model& model) {
  return std::max<std::size_t>(1, model.schema.target.classes.size());
}

std::vector<double> answer_of(const model::Model& model, std::span<const double> scores) {
  const std::size_t classes = model.schema.target.classes.size();
  if (classes == 0) return {scores[0]};
  std::vector<double> numbers;
  numbers.reserve(classes);
  for (std::size_t k = 0; k < classes; ++k) numbers.push_back(model::probability(scores, k));
  return numbers;
}

RuntimeChoice choose_runtime(const exporters::Exporter& exporter, const ExportedModel& exported) {
  for (const KnownRuntime& known : kRuntimes) {
    if (known.format != exporter.name || !known.fits(exported.options)) continue;
    try {
      return {known.open(exported), std::string(known.why_not)};
    } catch (const Error& error) {
      // A machine that cannot run it says nothing of the export.
      if (error.kind() != ErrorKind::unavailable && error.kind() != ErrorKind::not_found) throw;
      return {nullptr, error.what()};
    }
  }
  return {nullptr, "nothing here can run it"};
}

}  // namespace mlserve::pipeline

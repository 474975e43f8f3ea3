#include "estimators/lbfgs.hpp"

#include <algorithm>
#include <exception>
#include <lbfgs.h>
#include <limits>
#include <memory>
#include <new>

#include "core/number.hpp"

namespace mlserve::estimators {
namespace {

using Eigen::VectorXd;

/// What the callbacks of the library see, and what they leave behind.
struct Run {
  const ValueAndGradient& function;
  VectorXd at;
  VectorXd gradient;
  std::vector<double> values = {};  ///< the first one evaluated, then one an iteration
  int iterations = 0;
  double gradient_share =
      std::numeric_limits<double>::infinity();  ///< of the length of the solution
  std::exception_ptr error;
};

double evaluate(void* instance, const double* x, double* g, int n, double /*step*/) {
  auto& run = *static_cast<Run*>(instance);
  VectorXd::Map(g, n).setZero();
  // Exceptions do not cross the library; no progress is made from a value that is no number.
  if (run.error) return kNaN;
  try {
    run.at = VectorXd::Map(x, n);
    const double value = run.function(run.at, run.gradient);
    if (run.values.empty()) run.values.push_back(value);
    VectorXd::Map(g, n) = run.gradient;
    return value;
  } catch (...) {
    run.error = std::current_exception();
    return kNaN;
  }
}

int note_progress(void* instance, const double* /*x*/, const double* /*g*/, double value,
                  double x_length, double g_length, double /*step*/, int /*n*/, int iteration,
                  int /*evaluations*/) {
  auto& run = *static_cast<Run*>(instance);
  run.values.push_back(value);
  run.iterations = iteration;
  run.gradient_share = g_length / std::max(1.0, x_length);
  return run.error ? 1 : 0;
}

lbfgs_parameter_t parameters_of(const LbfgsOptions& options) {
  constexpr int kMemory = 20;
  lbfgs_parameter_t parameters;
  lbfgs_parameter_init(&parameters);
  parameters.m = kMemory;
  parameters.epsilon = options.tolerance;
  parameters.max_iterations = options.max_iterations;
  if (options.l1 > 0) {
    parameters.orthantwise_c = options.l1;
    parameters.orthantwise_start = static_cast<int>(options.l1_start);
    parameters.linesearch = LBFGS_LINESEARCH_BACKTRACKING;
  }
  return parameters;
}

}  // namespace

LbfgsResult minimize_by_lbfgs(const ValueAndGradient& function, const VectorXd& start,
                              const LbfgsOptions& options) {
  const auto n = static_cast<int>(start.size());
  // The library wants memory of its own alignment.
  const std::unique_ptr<double, decltype(&lbfgs_free)> x(lbfgs_malloc(n), &lbfgs_free);
  if (!x) throw std::bad_alloc();
  VectorXd::Map(x.get(), n) = start;
  Run run{function, {}, {}, {}, 0, std::numeric_limits<double>::infinity(), nullptr};
  lbfgs_parameter_t parameters = parameters_of(options);
  LbfgsResult result;
  const int status = lbfgs(n, x.get(), nullptr, evaluate, note_progress, &run, &parameters);
  if (run.error) std::rethrow_exception(run.error);
  // Near the minimum the line search ends at the rounding of the value, before the gradient does.
  constexpr double kRoundingAllows = 100;
  result.converged = status == LBFGS_SUCCESS || status == LBFGS_ALREADY_MINIMIZED ||
                     run.gradient_share <= kRoundingAllows * options.tolerance;
  result.solution = VectorXd::Map(x.get(), n);
  result.values = std::move(run.values);
  result.iterations = run.iterations;
  return result;
}

}  // namespace mlserve::estimators

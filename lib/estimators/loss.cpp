#include "estimators/loss.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "core/error.hpp"
#include "estimators/log_loss.hpp"
#include "estimators/multinomial_loss.hpp"
#include "estimators/poisson_loss.hpp"
#include "estimators/squared_loss.hpp"

namespace mlserve::estimators {
namespace {

bool is_class(double target, Index classes) {
  return target >= 0 && target < static_cast<double>(classes) && target == std::floor(target);
}

bool is_number(double target, Index /*classes*/) { return std::isfinite(target); }

bool is_count(double target, Index /*classes*/) { return std::isfinite(target) && target >= 0; }

struct Kind {
  std::string_view estimator;
  bool (*allows)(double target, Index classes);
  std::unique_ptr<Loss> (*make)(const Response& response);
};

constexpr std::array<Kind, 4> kKinds{{
    {"logistic", is_class, make_log_loss},
    {"multinomial", is_class, make_multinomial_loss},
    {"linear", is_number, make_squared_loss},
    {"poisson", is_count, make_poisson_loss},
}};

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorKind::invalid_argument, what);
}

void require_valid(const Kind& kind, const Response& response) {
  const auto& [targets, weights, classes] = response;
  if (targets.size() != weights.size()) refuse("targets and weights differ in length");
  if (kind.estimator == "logistic" && classes != 2) refuse("logistic: needs two classes");
  for (const double target : targets) {
    if (!kind.allows(target, classes)) {
      refuse(std::string(kind.estimator) + ": cannot have " + std::to_string(target) +
             " for a target");
    }
  }
  const auto is_weight = [](double w) { return std::isfinite(w) && w >= 0; };
  if (!std::all_of(weights.begin(), weights.end(), is_weight)) {
    refuse("a weight is negative or not finite");
  }
  if (std::none_of(weights.begin(), weights.end(), [](double w) { return w > 0; })) {
    refuse("no row has a positive weight");
  }
}

}  // namespace

std::unique_ptr<Loss> make_loss(std::string_view estimator, const Response& response) {
  const auto* const kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& candidate) {
    return candidate.estimator == estimator;
  });
  if (kind == kKinds.end()) refuse("no estimator is named '" + std::string(estimator) + "'");
  require_valid(*kind, response);
  return kind->make(response);
}

}  // namespace mlserve::estimators

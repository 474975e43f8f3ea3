#pragma once

namespace mlserve::metrics {

/// P(|Z| >= |z|) of a standard normal Z.
double two_sided_normal_p(double z);

/// The number that |Z| exceeds with probability 0.05.
inline constexpr double kNormalQuantile975 = 1.959963984540054;

/// P(|T| >= |t|) of Student's T, to 1e-8 of it for up to 1e7 degrees of freedom (1e-9 for 1e5);
/// NaN unless `degrees_of_freedom` is positive.
double two_sided_t_p(double t, double degrees_of_freedom);

/// The number that |T| exceeds with probability 0.05; NaN unless `degrees_of_freedom` is positive.
double t_quantile_975(double degrees_of_freedom);

}  // namespace mlserve::metrics

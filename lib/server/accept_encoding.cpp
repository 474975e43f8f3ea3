#include "server/accept_encoding.hpp"

#include <optional>

#include "server/ascii.hpp"
#include "server/header_text.hpp"

namespace mlserve::server {
namespace {

/// The weights of the codings that are listed.
struct Weights {
  std::optional<double> gzip;
  std::optional<double> identity;
  std::optional<double> others;
};

Weights weights_in(std::string_view accept_encoding) {
  Weights weights;
  while (!accept_encoding.empty()) {
    std::string_view parameters = cut(accept_encoding, ",");
    const std::string_view coding = trimmed(cut(parameters, ";"));
    if (equals_ignoring_case(coding, "gzip") || equals_ignoring_case(coding, "x-gzip")) {
      weights.gzip = quality(parameters);
    } else if (equals_ignoring_case(coding, "identity")) {
      weights.identity = quality(parameters);
    } else if (coding == "*") {
      weights.others = quality(parameters);
    }
  }
  return weights;
}

}  // namespace

GzipUse gzip_use(std::string_view accept_encoding) {
  if (accept_encoding.empty()) return GzipUse::never;
  const Weights weights = weights_in(accept_encoding);
  const double gzip = weights.gzip.value_or(weights.others.value_or(0));
  if (gzip <= 0) return GzipUse::never;
  // What is not listed may still be sent plain.
  const std::optional<double> identity = weights.identity ? weights.identity : weights.others;
  if (!identity) return GzipUse::where_it_pays;
  if (*identity <= 0) return GzipUse::always;
  return gzip < *identity ? GzipUse::never : GzipUse::where_it_pays;
}

}  // namespace mlserve::server

#include "server/metric_family.hpp"

#include <cstddef>
#include <utility>

#include "core/sha256.hpp"
#include "core/text.hpp"

namespace mlserve::server {
namespace {

constexpr std::size_t kMaxLabelBytes = 200;
constexpr std::size_t kHashDigits = 12;

MetricFamily single(std::string name, MetricKind kind, std::string help, double value) {
  MetricFamily family{std::move(name), kind, std::move(help), {}};
  family.samples.push_back({{}, value});
  return family;
}

}  // namespace

MetricFamily single_gauge(std::string name, std::string help, double value) {
  return single(std::move(name), MetricKind::gauge, std::move(help), value);
}

MetricFamily single_counter(std::string name, std::string help, double value) {
  return single(std::move(name), MetricKind::counter, std::move(help), value);
}

std::string label_text(std::string_view text) {
  const bool is_fit =
      text.size() <= kMaxLabelBytes && find_invalid_utf8(text) == std::string_view::npos;
  if (is_fit) return std::string(text);
  return shown(text, kMaxLabelBytes) + "#" + sha256_hex(text).substr(0, kHashDigits);
}

}  // namespace mlserve::server

#include "server/server_metrics.hpp"

#include <set>
#include <string_view>
#include <utility>

#include "server/model_metrics.hpp"

namespace mlserve::server {

void ServerMetrics::collect(SteadyTime now, std::vector<MetricFamily>& families) {
  const std::vector<std::shared_ptr<const ServedModel>> models = sources_.models();
  std::set<std::pair<std::string_view, std::string_view>> served;
  for (const auto& model : models) served.emplace(model->name(), model->version());
  requests_.forget([&](std::string_view model, std::string_view version) {
    return served.contains({model, version});
  });
  requests_.collect(families);
  families.push_back(single_gauge("mlserve_in_flight_requests",
                                  "Requests that have begun and are not answered.",
                                  static_cast<double>(sources_.in_flight())));
  collect_models(models, now, sources_.drift_window, families);
  families.push_back(single_counter("mlserve_model_load_failures",
                                    "Attempts to load a model that failed.",
                                    static_cast<double>(sources_.load_failures())));
}

}  // namespace mlserve::server

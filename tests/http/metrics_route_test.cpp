#include "server/metrics_route.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/catch_shim.hpp"

#include "model/model_file.hpp"
#include "server/error_shape.hpp"
#include "server/job_metrics.hpp"
#include "server/process_metrics.hpp"
#include "server/routes.hpp"
#include "server/server_metrics.hpp"
#include "support/controlled_database.hpp"
#include "support/http_server.hpp"
#include "support/job_site.hpp"
#include "support/metrics_text.hpp"

using namespace mlserve;
using namespace std::chrono_literals;
using server::Labels;
using server::MetricFamily;
using testing::find_family;
using testing::find_sample;
using testing::metric;

namespace {

using Families = std::vector<MetricFamily>;

const Labels kModel = {{"model", "m"}, {"version", "1"}};

Labels with(Labels labels, const char* name, const char* value) {
  labels.emplace_back(name, value);
  return labels;
}

server::ModelRegistry::Handle served(model::Model model, const std::string& version) {
  return std::make_shared<const server::ServedModel>("m", version,
                                                     model::from_text(model::to_text(model), "m"));
}

/// The figures of a server over a registry.
struct Counted {
  Counted() { service.models.put(served(testing::small_model(), "1")); }

  Families collect() {
    Families families;
    metrics.collect(std::chrono::steady_clock::now(), families);
    return families;
  }

  server::Service service;
  std::uint64_t load_failures = 0;
  std::size_t in_flight = 0;
  server::ServerMetrics metrics{{[this] { return service.models.all(); },
                                 [this] { return load_failures; }, [this] { return in_flight; }}};
};

server::Response answered(server::Outcome outcome) {
  return std::get<server::Response>(std::move(outcome));
}

/// GET /metrics of the census alone.
struct CensusSite {
  explicit CensusSite(testing::ControlledDatabase::Hook hook)
      : store(std::make_unique<testing::ControlledDatabase>(store::open_database(files.url()),
                                                            std::move(hook))),
        executor(1, 1),
        census(store, executor),
        route(server::metrics_route(
            [this](Families& families) {
              census.collect(std::chrono::steady_clock::now(), families);
            },
            &census)) {}
  ~CensusSite() { executor.stop(); }

  server::Outcome scrape() const { return route.handler(server::Request()); }

  testing::SqliteTestDatabase files;
  store::Store store;
  server::Executor executor;
  server::JobCensus census;
  server::Route route;
};

}  // namespace

TEST_CASE("Metrics are those of the requests that were answered through the socket", "[http]") {
  Counted counted;
  std::vector<server::Route> routes = server::make_routes(counted.service, {});
  routes.push_back(server::metrics_route(
      [&](Families& families) {
        counted.metrics.collect(std::chrono::steady_clock::now(), families);
        server::collect_process(families);
      },
      nullptr));
  server::TransportHooks hooks{server::error_for_path};
  hooks.observe = [&](const server::RequestReport& report) { counted.metrics.observe(report); };
  test::Server site(std::move(routes), {}, std::move(hooks));
  test::HttpClient client(site.port());
  CHECK(client.exchange(test::post_request("/predict", R"([{"age":200},{"sex":"x"}])")).status ==
        200);
  CHECK(client.exchange(test::post_request("/predict", "[")).status == 400);
  const test::Answer answer = client.exchange(test::get_request("/metrics"));
  CHECK(answer.status == 200);
  CHECK(answer.has("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  for (
      const char* line :
      {R"(mlserve_requests_total{method="POST",route="/predict",model="m",version="1",code="200"} 1)",
       R"(mlserve_requests_total{method="POST",route="/predict",code="400"} 1)",
       R"(mlserve_rows_total{model="m",version="1"} 2)",
       R"(mlserve_predict_duration_seconds_count{model="m",version="1"} 1)",
       R"(mlserve_out_of_range_total{model="m",version="1",column="age"} 1)",
       R"(mlserve_missing_values_total{model="m",version="1",column="sex"} 1)",
       R"(mlserve_unknown_category_total{model="m",version="1",column="sex"} 1)",
       "\nprocess_resident_memory_bytes ", "\nprocess_open_fds ", "\nprocess_threads ",
       "\nmlserve_build_info{version=\""}) {
    CAPTURE(line, answer.body);
    CHECK(answer.body.find(line) != std::string::npos);
  }
  const test::Answer open_metrics = client.exchange(
      "GET /metrics HTTP/1.1\r\nHost: a\r\nAccept: application/openmetrics-text\r\n\r\n");
  CHECK(open_metrics.has("Content-Type: application/openmetrics-text; version=1.0.0"));
  CHECK(open_metrics.body.ends_with("# EOF\n"));
}

TEST_CASE("Models and features of any name have series of their own", "[http]") {
  Counted counted;
  const model::Model model = testing::awkward_model();
  counted.service.models.put(served(model, "2"));
  const Families families = counted.collect();
  const Labels labels = {{"model", "m"}, {"version", "2"}};
  CHECK(find_family(families, "mlserve_model")->samples.size() == 1);
  CHECK(find_family(families, "mlserve_missing_values")->samples.size() ==
        model.schema.features.size());
  CHECK(metric(families, "mlserve_out_of_range", with(labels, "column", "1st, quantité\n")) == 0);
  CHECK(metric(families, "mlserve_unknown_category", with(labels, "column", "größe")) == 0);
  CHECK(metric(families, "mlserve_prediction", with(labels, "class", "yes\nja")) == 0);
  CHECK(find_family(families, "mlserve_feature_psi")->samples.empty());
}

TEST_CASE("Of many classes the first hundred have a series, the others share one", "[http]") {
  Counted counted;
  features::Target target{"kind", features::TargetType::string, {}, {}};
  for (int k = 0; k < 120; ++k) target.classes.push_back("c" + std::to_string(1000 + k));
  target.counts.assign(120, 1);
  counted.service.models.put(
      served(testing::make_model({testing::number("x", 0, 1)}, target), "1"));
  const Families families = counted.collect();
  CHECK(find_family(families, "mlserve_prediction")->samples.size() == 101);
  CHECK(metric(families, "mlserve_prediction", kModel) == 0);
}

TEST_CASE("With a new version the series of the old one are gone", "[http]") {
  Counted counted;
  server::RequestSummary request;
  const server::Subject subject{"m", "1", 1, 1ms};
  counted.metrics.observe({request, subject, 200});
  CHECK(metric(counted.collect(), "mlserve_rows", kModel) == 1);
  counted.service.models.put(served(testing::small_model(), "2"));
  const Families families = counted.collect();
  CHECK_FALSE(metric(families, "mlserve_rows", kModel));
  CHECK(find_family(families, "mlserve_model")->samples.front().labels[1].second == "2");
}

TEST_CASE("Failures to load a model and requests in flight are asked for", "[http]") {
  Counted counted;
  counted.load_failures = 2;
  counted.in_flight = 3;
  const Families families = counted.collect();
  CHECK(metric(families, "mlserve_model_load_failures") == 2);
  CHECK(metric(families, "mlserve_in_flight_requests") == 3);
}

TEST_CASE("A model that is not monitored counts nothing", "[http]") {
  Counted counted;
  counted.service.models.put(std::make_shared<const server::ServedModel>(
      "m", "1", testing::small_model(), server::Monitoring::off));
  const Families families = counted.collect();
  CHECK(find_family(families, "mlserve_model")->samples.size() == 1);
  CHECK(find_family(families, "mlserve_missing_values")->samples.empty());
}

TEST_CASE("Jobs are counted by state, those of an empty store as none", "[http]") {
  CensusSite site([](std::string_view) {});
  testing::Waiting first(std::get<server::Parked>(site.scrape()));
  REQUIRE(first.woken());
  const std::string none = first.answer().body;
  CHECK(none.find("mlserve_jobs{state=\"queued\"} 0\n") != std::string::npos);
  CHECK(none.find("mlserve_store_up 1\n") != std::string::npos);
  CHECK(answered(site.scrape()).body == none);  // still young
}

TEST_CASE("The jobs of the store are counted", "[http]") {
  testing::JobSite site;
  for (int i = 0; i < 3; ++i) site.submit();
  site.finish(site.claim(), "{}");
  site.claim();
  const auto counts = site.jobs().count_by_status();
  CHECK(counts.size() == store::kJobStatuses.size());
  CHECK(counts.at(store::JobStatus::queued) == 1);
  CHECK(counts.at(store::JobStatus::running) == 1);
  CHECK(counts.at(store::JobStatus::succeeded) == 1);
  CHECK(counts.at(store::JobStatus::failed) == 0);
}

TEST_CASE("A database that hangs or fails keeps nobody from the other figures", "[http]") {
  test::Signal go_on;
  CensusSite site([&](std::string_view sql) {
    if (sql.find("GROUP BY status") == std::string_view::npos) return;
    go_on.wait();
    throw Error(ErrorKind::unavailable, "the database is away");
  });
  site.store.jobs().start_upload();  // makes the database
  server::Parked hanging = std::get<server::Parked>(site.scrape());
  CHECK(hanging.until <= std::chrono::steady_clock::now() + 1s);
  testing::Waiting waiting(std::move(hanging));
  for (const bool failed : {false, true}) {
    if (failed) {
      go_on.give();
      REQUIRE(waiting.woken());
    }
    const std::string body = waiting.answer().body;
    CHECK(body.find("mlserve_store_up 0\n") != std::string::npos);
    CHECK(body.find("mlserve_jobs") == std::string::npos);
  }
}

TEST_CASE("Jobs that wait for their first attempt and the time of attempts are counted", "[http]") {
  server::JobMetrics metrics;
  const jobs::AttemptObserver observer = metrics.observer();
  store::Job job;
  job.kind = "predict";
  job.created_at = store::Time(1s);
  job.started_at = store::Time(3s);
  job.attempts = 1;
  observer.begun(job);
  observer.ended(job, "to be tried again", 40ms);
  job.attempts = 2;
  observer.begun(job);
  observer.ended(job, "succeeded", 2s);
  Families families;
  metrics.collect(families);
  const server::MetricSample* waits =
      find_sample(families, "mlserve_queue_wait_seconds", {{"kind", "predict"}});
  REQUIRE(waits != nullptr);
  CHECK(waits->histogram.count == 1);
  CHECK(waits->histogram.sum == 2);
  CHECK(find_family(families, "mlserve_job_duration_seconds")->samples.size() == 2);
  const server::MetricSample* good = find_sample(families, "mlserve_job_duration_seconds",
                                                 {{"kind", "predict"}, {"outcome", "succeeded"}});
  REQUIRE(good != nullptr);
  CHECK(good->histogram.sum == 2);
}

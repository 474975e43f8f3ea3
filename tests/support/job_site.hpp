#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "support/catch_shim.hpp"
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/uuid.hpp"
#include "model/model_file.hpp"
#include "server/executor.hpp"
#include "server/job_service.hpp"
#include "server/router.hpp"
#include "server/routes.hpp"
#include "store/store.hpp"
#include "support/made_models.hpp"
#include "support/signals.hpp"
#include "support/test_stores.hpp"

namespace mlserve::testing {

using Headers = std::vector<std::pair<std::string, std::string>>;
using Query = std::vector<std::pair<std::string, std::string>>;

inline const Headers kAsync = {{"Prefer", "respond-async"}};
inline const std::string kOneRow = R"([{"age":30,"sex":"male"}])";

/// A body that comes in such pieces, and then breaks off if `error` is set.
class PiecewiseBody final : public server::BodyReader {
 public:
  explicit PiecewiseBody(std::string text, std::size_t piece_bytes = 10'000)
      : text_(std::move(text)), piece_bytes_(piece_bytes) {}

  std::size_t read(std::span<char> buffer) override {
    const std::size_t left = text_.size() - position_;
    if (left == 0 && error) throw Error(*error);
    const std::size_t bytes = std::min({buffer.size(), piece_bytes_, left});
    text_.copy(buffer.data(), bytes, position_);
    position_ += bytes;
    return bytes;
  }

  std::size_t read_bytes() const { return position_; }

  std::optional<Error> error;

 private:
  std::string text_;
  std::size_t piece_bytes_;
  std::size_t position_ = 0;
};

/// A parked client, and what wakes it.
class Waiting {
 public:
  explicit Waiting(server::Parked parked) : parked_(std::move(parked)) {
    parked_.subscribe(server::Waker([woken = woken_] { woken->give(); }));
  }

  /// Whether it is woken within ten seconds.
  bool woken() { return woken_->wait(); }
  server::Response answer() { return parked_.answer(); }

 private:
  std::shared_ptr<test::Signal> woken_ = std::make_shared<test::Signal>();
  server::Parked parked_;
};

/// The routes over a model "m" and a store, without a socket below them. Plays the worker, too.
class JobSite {
 public:
  explicit JobSite(server::RouteOptions options = {}, std::string url = "")
      : JobSite(options, url.empty() ? nullptr : store::open_store(url), 2) {}

  /// On a store of the test; without one on a new one.
  JobSite(server::RouteOptions options, std::unique_ptr<store::Store> store, unsigned threads)
      : store_(store ? std::move(store) : database_.open()),
        executor_(threads, 4'000),
        jobs_(*store_, executor_, log_),
        options_(options) {
    service.models.put(std::make_shared<const server::ServedModel>(
        "m", "1", model::from_text(model::to_text(small_model()), "m")));
    service.jobs = &jobs_;
    router_.emplace(server::make_routes(service, options_));
  }
  ~JobSite() { executor_.stop(); }

  // ---- A client

  server::Outcome begin(server::Request request) const {
    if (request.remote_address.empty()) request.remote_address = "127.0.0.1";
    const server::RouteMatch match = router_->match(request.method, request.path);
    REQUIRE(match.route != nullptr);
    request.path_parameters = match.path_parameters;
    return match.route->handler(request);
  }

  /// The whole answer, whatever it takes.
  server::Response call(server::Request request) const {
    server::Outcome outcome = begin(std::move(request));
    if (auto* const parked = std::get_if<server::Parked>(&outcome)) {
      Waiting waiting(std::move(*parked));
      REQUIRE(waiting.woken());
      return waiting.answer();
    }
    return std::get<server::Response>(std::move(outcome));
  }

  server::Response get(const std::string& path, Query query = {}, Headers headers = {}) const {
    return call({"GET", path, std::move(query), std::move(headers), {}, {}, {}});
  }
  server::Response post(const std::string& path, const std::string& body, Headers headers = kAsync,
                        Query query = {}) const {
    return call({"POST", path, std::move(query), std::move(headers), {}, body, {}});
  }
  server::Response remove(const std::string& path) const {
    return call({"DELETE", path, {}, {}, {}, {}, {}});
  }

  /// As `post`, but for a body too large to be collected.
  server::Response stream(const std::string& path, server::BodyReader& body,
                          Headers headers = kAsync, Query query = {}) const {
    server::Request request{"POST", path, std::move(query), std::move(headers), {}, {}, {}};
    const server::RouteMatch match = router_->match(request.method, request.path);
    REQUIRE(match.route != nullptr);
    request.path_parameters = match.path_parameters;
    return match.route->stream_handler(request, body);
  }

  /// A parked client.
  Waiting wait(const std::string& path, Query query, Headers headers = {}) const {
    return Waiting(std::get<server::Parked>(
        begin({"GET", path, std::move(query), std::move(headers), {}, {}, {}})));
  }

  /// The id of a new job.
  std::string submit(const std::string& body = kOneRow, Headers headers = kAsync) const {
    const server::Response response = post("/predict", body, std::move(headers));
    REQUIRE(response.status == 202);
    return nlohmann::json::parse(response.body).at("id");
  }

  nlohmann::json job(const std::string& id) const {
    return nlohmann::json::parse(get("/jobs/" + id).body);
  }

  // ---- A worker

  store::Job claim() {
    auto job = jobs().claim({"worker-1", make_uuid()});
    REQUIRE(job);
    return *std::move(job);
  }
  void finish(const store::Job& job, const std::string& result,
              const std::string& summary = R"({"rows":1,"warnings":{}})",
              std::optional<store::NewVersion> version = {}) {
    const store::Attempt attempt{job.id, job.token};
    REQUIRE(jobs().append_result(attempt, 0, result));
    store::JobResult end;
    end.summary = summary;
    end.time_to_live = std::chrono::hours(1);
    end.version = std::move(version);
    REQUIRE(jobs().finish(attempt, end));
  }

  store::Store& store() { return *store_; }
  store::JobStore& jobs() { return store_->jobs(); }
  server::Executor& executor() { return executor_; }
  std::vector<server::Route> routes() { return server::make_routes(service, options_); }

  /// A number that the database answers.
  std::int64_t number(const std::string& sql) {
    return store_->database().read(
        [&](store::Connection& connection) { return connection.run(sql).rows.front().integer(0); });
  }

  server::Service service;

 private:
  SqliteTestDatabase database_;
  std::unique_ptr<store::Store> store_;
  Log log_{stderr, LogLevel::off, LogFormat::text};
  server::Executor executor_;
  server::JobService jobs_;
  server::RouteOptions options_;
  std::optional<server::Router> router_;
};

/// The body of a streamed answer, with all its pieces.
inline std::string whole_body(server::Response response) {
  std::string body = std::move(response.body);
  if (!response.next_piece) return body;
  for (std::string piece; !(piece = response.next_piece()).empty();) body += piece;
  return body;
}

/// The detail of a problem, which must have that status.
inline std::string problem_detail(const server::Response& response, int status) {
  CAPTURE(response.body);
  CHECK(response.status == status);
  CHECK(response.content_type == "application/problem+json");
  return nlohmann::json::parse(response.body).at("detail");
}

inline std::string header(const server::Response& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

}  // namespace mlserve::testing

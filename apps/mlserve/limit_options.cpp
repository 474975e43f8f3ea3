#include "mlserve/limit_options.hpp"

#include <chrono>
#include <cstdint>
#include <string>

#include "core/error.hpp"
#include "mlserve/duration_option.hpp"

namespace mlserve::app {
namespace {

using std::chrono::milliseconds;

constexpr const char* kLimitGroup = "Limits";

template <class Number>
void add_number(CLI::App& app, const std::string& name, Number& value, Number least, Number most,
                const std::string& description) {
  app.add_option(name, value, description)
      ->check(CLI::Range(least, most))
      ->capture_default_str()
      ->group(kLimitGroup);
}

void add_time(CLI::App& app, const std::string& name, milliseconds& time,
              const std::string& description) {
  add_duration_option(app, name, time, description)->group(kLimitGroup);
}

void add_sizes(CLI::App& app, const LimitOptions& options) {
  add_number<std::size_t>(app, "--max-body-bytes", options.routes.max_body_bytes, 1,
                          std::size_t{1} << 32U, "Largest body to predict; 413 above");
  add_number<std::size_t>(app, "--max-header-bytes", options.transport.max_header_bytes, 1024,
                          std::size_t{1} << 20U, "Of a request line and its headers; 431 above");
  add_number<std::size_t>(app, "--max-headers", options.transport.max_headers, 10, 10'000,
                          "Headers of a request; 431 above");
  add_number<std::uint64_t>(app, "--max-unpack-ratio", options.transport.max_unpack_ratio, 0, 2000,
                            "How many times its size a gzip body above 32 MiB may unpack to; 413 "
                            "above; 0 for any");
}

void add_numbers(CLI::App& app, const LimitOptions& options) {
  add_number<std::size_t>(app, "--max-connections", options.transport.max_connections, 1, 1'000'000,
                          "Further ones get 503");
  add_number<std::size_t>(app, "--max-connections-per-client",
                          options.transport.max_connections_per_client, 0, 1'000'000,
                          "Of one address, of an IPv6 network; further ones get 429; 0 for any, as "
                          "behind a proxy all clients have one address");
  add_number<std::size_t>(app, "--max-in-flight", options.requests.max_in_flight, 1, 1'000'000,
                          "Requests that are worked on at a time; further ones get 503");
  app.add_option_function<std::string>(
         "--rate-limit",
         [&requests = options.requests](const std::string& text) {
           try {
             requests.rate = server::parse_rate_limit(text);
           } catch (const Error& error) {
             throw CLI::ValidationError("--rate-limit", error.what());
           }
         },
         "Requests of one client, by its key or address: 100/s, 60/min, 1000/h, or with a burst "
         "60/min:10; 429 above (default: any)")
      ->type_name("RATE")
      ->group(kLimitGroup);
}

void add_times(CLI::App& app, server::TransportOptions& transport) {
  add_time(
      app, "--request-timeout", transport.request_timeout,
      "For a request from its first byte on; 504 when its answer is late, 408 when its body is."
      " A client may want less by X-Request-Timeout: SECONDS");
  add_time(app, "--header-timeout", transport.header_timeout,
           "For the headers of a request from their first byte on; 408 after it");
  add_time(app, "--max-queue-time", transport.max_queue_time,
           "That requests wait for a thread; when it is longer, further ones get 503");
  add_time(app, "--idle-timeout", transport.idle_timeout,
           "For a connection without a request; closed after it");
  add_time(app, "--write-timeout", transport.write_timeout,
           "For a client that takes nothing of its answer; closed after it");
  add_number<std::size_t>(app, "--min-body-rate", transport.body_bytes_per_second, 1,
                          std::size_t{1} << 40U,
                          "Bytes a second that a large body comes with, on average; 408 below");
}

}  // namespace

void add_limit_options(CLI::App& app, const LimitOptions& options) {
  add_sizes(app, options);
  add_numbers(app, options);
  add_times(app, options.transport);
  // Not "!--no-compression": that is not negated when it comes from the environment.
  app.add_flag_function(
         "--no-compression",
         [&packs = options.transport.pack_answers](std::int64_t count) { packs = count <= 0; },
         "Pack no answer by gzip; packed bodies are taken all the same")
      ->group(kLimitGroup);
}

}  // namespace mlserve::app

#include "mlserve/log_options.hpp"

#include <cstdint>
#include <map>
#include <string>

#include "core/error.hpp"
#include "mlserve/command.hpp"

namespace mlserve::app {
namespace {

constexpr const char* kLogGroup = "Logs";

const std::map<std::string, server::AccessLines> kAccessLines = {
    {"off", server::AccessLines::off},
    {"errors", server::AccessLines::errors},
    {"all", server::AccessLines::all}};

void add_access_options(CLI::App& app, server::AccessLogOptions& options) {
  app.add_option("--access-log", options.lines,
                 "Requests that have a line in the log (default: errors, those answered with 400 "
                 "and above)")
      ->transform(one_of(kAccessLines))
      ->group(kLogGroup);
  app.add_option("--access-log-sample", options.sample,
                 "Share of the requests without an error that have a line with --access-log all")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str()
      ->group(kLogGroup);
}

void add_record_options(CLI::App& app, server::RecorderOptions& options) {
  app.add_option(
         "--record", options.path,
         "File to which records and predictions are written, for `mlserve replay`; it holds "
         "what clients sent")
      ->group(kLogGroup);
  app.add_option("--record-sample", options.sample, "Share of the requests that are recorded")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str()
      ->group(kLogGroup);
  add_list_option(app, "--record-omit", options.omitted, "Fields that are not recorded");
  app.get_option("--record-omit")->group(kLogGroup);
  app.add_option("--record-max-bytes", options.rotation.max_bytes,
                 "Of the file, before it becomes FILE.1 and a new one begins")
      ->check(CLI::Range(std::uint64_t{1} << 10U, std::uint64_t{1} << 50U))
      ->capture_default_str()
      ->group(kLogGroup);
  app.add_option("--record-keep", options.rotation.keep, "How many files FILE.1, FILE.2 … stay")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str()
      ->group(kLogGroup);
}

}  // namespace

void add_log_options(CLI::App& app, LogOptions& options) {
  add_access_options(app, options.access);
  add_record_options(app, options.record);
}

RequestLogs::RequestLogs(const LogOptions& options, Log& log)
    : log_(log), access_(options.access, log) {
  if (options.record.path.empty()) return;
  try {
    recorder_ = std::make_unique<server::Recorder>(options.record, log);
  } catch (const Error& error) {
    throw Error(error.kind(), std::string("--record: ") + error.what());
  }
}

void RequestLogs::admit(server::Request& request) const {
  if (recorder_ && recorder_->wants(request.request_id)) request.recorder = recorder_.get();
}

void RequestLogs::reopen() {
  log_.reopen();
  if (recorder_) recorder_->reopen();
}

}  // namespace mlserve::app

#pragma once

#include <memory>

#include <CLI/CLI.hpp>

#include "core/log.hpp"
#include "server/access_log.hpp"
#include "server/recorder.hpp"

namespace mlserve::app {

/// What a server writes of the requests that it answers.
struct LogOptions {
  server::AccessLogOptions access;
  server::RecorderOptions record;  ///< no path: nothing is recorded
};

void add_log_options(CLI::App& app, LogOptions& options);

/// The access log and the recording of a server. All calls may run on several threads at once.
class RequestLogs {
 public:
  /// `log` outlives it. Throws as Recorder, naming the option.
  RequestLogs(const LogOptions& options, Log& log);

  /// To be called when the head of a request has come.
  void admit(server::Request& request) const;
  /// To be called when a request was answered.
  void observe(const server::RequestReport& report) { access_.observe(report); }

  /// Goes on in new files when the old ones were moved away, the log too.
  void reopen();

 private:
  Log& log_;
  server::AccessLog access_;
  std::unique_ptr<server::Recorder> recorder_;  ///< null: nothing is recorded
};

}  // namespace mlserve::app

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mlserve::server {

class Recorder;

using SteadyTime = std::chrono::steady_clock::time_point;

/// What an API key must allow for a route to answer, where keys are in use.
enum class Scope {
  none,     ///< no key, and no limit either: probes, the page that asks for a key
  any,      ///< any key: what describes the models
  predict,  ///< answers of a model
  jobs,     ///< jobs, their results, training
  admin     ///< what changes which models are served
};

/// One HTTP request, complete with its body, as handlers see it. Plain data: a test makes one by
/// hand.
struct Request {
  std::string method;                                        ///< "GET", "POST", … in capitals
  std::string path;                                          ///< percent-decoded, without the query
  std::vector<std::pair<std::string, std::string>> query;    ///< decoded, in order
  std::vector<std::pair<std::string, std::string>> headers;  ///< names as sent, in order
  std::vector<std::pair<std::string, std::string>> path_parameters;  ///< "{name}" of the route
  std::string body;
  std::string remote_address;
  /// Answer 504 when it has passed. Fixed when the handler begins: for a stream handler that is
  /// before the body, whose coming may then take longer, as long as it comes at a decent rate.
  SteadyTime deadline = SteadyTime::max();
  std::string request_id = {};    ///< X-Request-Id as sent, if it is fit for a log, else made
  std::string trace_parent = {};  ///< of W3C Trace Context, as sent; "" without a valid one
  std::string client = {};        ///< name of the API key; "" without one
  Recorder* recorder = nullptr;   ///< wants the rows when they are predicted; null: nobody does

  /// First header of that name (case-insensitive), query or path parameter; "" when absent.
  std::string_view header(std::string_view name) const;
  std::string_view query_value(std::string_view name) const;
  std::string_view path_value(std::string_view name) const;
  bool has_query(std::string_view name) const;

  /// What it takes of memory, more or less.
  std::size_t memory_bytes() const noexcept;
};

/// What an answer was about, for metrics and logs.
struct Subject {
  std::string model;  ///< "" when no model was asked
  std::string version;
  std::uint64_t rows = 0;                ///< that were scored
  std::chrono::nanoseconds duration{0};  ///< it took to parse, score and write them
};

/// What a handler answers. Content-Length, Transfer-Encoding, Connection and Date are the
/// transport's.
struct Response {
  int status = 200;
  std::string content_type;  ///< no Content-Type header when empty
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;

  /// If set, more of the body, after `body`: called until it gives "", never for HEAD.
  ///
  /// It may wait (for a database): a thread of the answer pool calls it, when all before is sent,
  /// so a client that does not read holds no thread and one piece of memory. What it throws ends
  /// the connection in the middle: the client sees that the answer is not whole. Destroyed at the
  /// end, or as soon as the connection is.
  std::function<std::string()> next_piece = {};

  Subject subject = {};
};

/// Wakes a parked connection. Copyable, callable from any thread, also after the connection or
/// the whole transport is gone: then it does nothing.
class Waker {
 public:
  Waker() = default;
  explicit Waker(std::function<void()> wake) : wake_(std::move(wake)) {}
  void wake() const {
    if (wake_) wake_();
  }

 private:
  std::function<void()> wake_;
};

/// What a server that stops does with a parked connection.
enum class AtStop {
  answer,  ///< as if `until` had come: for those who wait for news
  wait     ///< as long as it waits for running requests: for those whose work has begun
};

/// A handler's word that the answer comes later: the connection waits without a thread.
/// `subscribe` is called once with the waker; `answer` once, on a worker, when the waker was
/// called or `until` has come, whichever is first. It is not called when the client went away.
struct Parked {
  SteadyTime until;
  std::function<void(Waker)> subscribe;
  std::function<Response()> answer;
  AtStop at_stop = AtStop::answer;
};

using Outcome = std::variant<Response, Parked>;

/// The request is the handler's: no one else keeps a copy. A handler that has no use for it when it
/// returns takes `const Request&`.
using Handler = std::function<Outcome(Request)>;

/// The body of a request that is streamed: pieces in order, as the client sends them.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  /// Fills `buffer` with the next bytes and returns their count; 0 at the end of the body.
  /// Throws Error(invalid_data) when the client stops in mid-body, exceeds the route's limit or
  /// is too slow (TransportOptions::body_bytes_per_second).
  virtual std::size_t read(std::span<char> buffer) = 0;
};

/// `Request::body` is empty; a body left unread closes the connection after the answer. Called on
/// the stream pool, so it may wait, for the client and for a database.
using StreamHandler = std::function<Response(const Request&, BodyReader&)>;

/// One line of the table of routes, with one handler or both: then `handler` gets the requests
/// with a body up to TransportOptions::collect_bytes, and `stream_handler` those with a larger
/// one. Alone, each gets them all.
struct Route {
  std::string method;
  /// "/models/{name}/predict": a {part} matches one path segment, or its beginning, as in
  /// "/v1/models/{name}:predict".
  std::string pattern;
  Handler handler;  ///< called on a worker, which must not wait
  StreamHandler stream_handler;
  std::size_t max_body_bytes = 0;  ///< 413 above it; 0: a body is read and thrown away up to 64 KiB
  Scope scope = Scope::predict;
};

}  // namespace mlserve::server

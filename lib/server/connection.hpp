#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/channel.hpp"
#include "server/client_connections.hpp"
#include "server/exchange.hpp"
#include "server/framing.hpp"
#include "server/http.hpp"
#include "server/input_buffer.hpp"
#include "server/notes.hpp"
#include "server/output_buffer.hpp"
#include "server/poller.hpp"
#include "server/router.hpp"
#include "server/transport.hpp"

namespace mlserve::server {

/// What the connections of a transport share. Outlives them all.
struct ConnectionContext {
  /// Sets method, path and query of the request from its head; false if they are none.
  using ParseTarget = std::function<bool(const RequestHead&, Request&)>;

  const TransportOptions& options;
  const Router& router;
  ParseTarget parse_target;
  TransportHooks hooks;
  std::shared_ptr<Poller> poller;
  std::atomic<bool> winding_down{false};  ///< every answer is the last of its connection
  std::atomic<bool> stopping{false};  ///< and clients without a request have little time for one
  std::atomic<bool> aborted{false};   ///< what still runs is given up
};

/// A thread's memory for the connection whose turn it is.
struct Scratch {
  std::vector<char> input = std::vector<char>(std::size_t{64} << 10);
  std::string output;
  RequestHead head;
};

/// What a connection needs after its turn.
enum class Next {
  wait,    ///< an event: nothing can be done now
  resume,  ///< another turn, after those of others
  stream,  ///< a thread of the stream pool, to call `stream_body`
  piece,   ///< a thread of the answer pool, to call `send_piece`
  close    ///< to be destroyed
};

/// One client's connection: a state machine that goes on with what has happened and never waits,
/// except in `stream_body` and `send_piece`. Only its owner (see ConnectionTable) calls it.
class Connection {
 public:
  Connection(const ConnectionContext& context, ConnectionId id, std::unique_ptr<Channel> channel,
             std::string remote_address, ClientConnections::Place place);
  ~Connection();

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// One turn: receives, handles and answers requests as far as it can go.
  Next advance(Notes notes, Scratch& scratch);

  /// Goes on after Next::stream: reads the body as the handler asks for it, and answers.
  Next stream_body(Scratch& scratch);

  /// Goes on after Next::piece: has the next piece of the answer made, and sends it.
  Next send_piece(Scratch& scratch);

  /// Answers what the client is about with `refusal`.
  Next turn_away(const Refusal& refusal, Scratch& scratch);

  /// When another turn is due even if nothing happens.
  SteadyTime deadline() const noexcept { return deadline_; }

  const Channel& channel() const noexcept { return *channel_; }

 private:
  enum class Phase {
    head,    // of the next request; idle while nothing of it has come
    body,    // to be collected
    stream,  // the rest of the body is for the stream pool
    parked,  // the answer comes later
    pieces,  // the rest of the answer is for the answer pool
    linger   // all is sent; the client may still be sending
  };

  void observe(Notes notes);
  Next proceed(Scratch& scratch);
  bool try_step(Scratch& scratch);
  bool step(Scratch& scratch);

  bool read_head(Scratch& scratch);
  void begin_exchange(const RequestHead& head);
  void find_route();
  void pass_gate();
  void check_queue() const;
  void skip_body();
  void await_body(const RequestHead& head);
  bool read_body(Scratch& scratch);
  bool unpack();
  void decode_input();
  void handle(Scratch& scratch);
  void call(Scratch& scratch);
  bool answer_parked();

  void refuse(const Refusal& refusal);
  void respond_internal_error();
  Response error_response(int status, const std::string& detail) const;
  void respond(Response response);
  void begin_pieces(Response response);
  void continue_answer();
  template <class Append>
  void write(Append&& append);
  void end_answer();

  bool fill(Scratch& scratch);
  bool drain(Scratch& scratch);
  bool flush();
  void watch_output();
  Next finish_turn(Next next, Scratch& scratch);
  Next close_softly();
  void close_at_once();
  void expire();
  SteadyTime next_deadline() const;
  std::chrono::milliseconds idle_timeout() const;
  HeadLimits head_limits() const;

  const ConnectionContext& context_;
  const ConnectionId id_;
  const std::unique_ptr<Channel> channel_;
  const std::string remote_address_;
  const ClientConnections::Place place_;

  InputBuffer input_;
  OutputBuffer output_;
  HeadScanner scanner_;
  std::unique_ptr<Exchange> exchange_;  // from the end of a head to that of the answer

  Phase phase_ = Phase::head;
  bool readable_ = true;         // the socket may hold bytes; epoll reports only new ones
  bool hung_up_ = false;         // the client has closed its side
  bool watches_output_ = false;  // epoll reports room to send, too
  bool closing_ = false;         // nothing is left to do but sending `output_`
  bool lingering_ = false;       // and then the client needs time to read it
  std::size_t drained_bytes_ = 0;

  SteadyTime now_;      // of this turn
  SteadyTime since_;    // first byte of the request, or end of the last answer when idle
  SteadyTime sent_at_;  // the last progress of `output_`
  SteadyTime deadline_ = SteadyTime::max();
};

}  // namespace mlserve::server

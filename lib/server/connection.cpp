#include "server/connection.hpp"

#include <algorithm>
#include <utility>

#include "server/gzip_answer.hpp"

namespace mlserve::server {
namespace {

using Clock = std::chrono::steady_clock;

// A client that pipelines lets others have a turn after some thirty requests.
constexpr int kStepsPerTurn = 64;

// A body that the route does not want is read to keep the connection, if it is small.
constexpr std::size_t kUnwantedBodyBytes = std::size_t{64} << 10;

// Closing a socket with bytes unread resets it, and the client may lose the answer; so they are
// read for a while.
constexpr std::chrono::seconds kLingerTime{2};
constexpr std::size_t kLingerBytes = std::size_t{32} << 20;

// What gzip may add to a body that it cannot pack: some bytes a block, and a header.
constexpr std::size_t packing_overhead(std::size_t bytes) { return bytes / 1000 + 1000; }

bool is_probe(const Exchange& exchange) {
  return exchange.route != nullptr && exchange.route->scope == Scope::none;
}

}  // namespace

Connection::Connection(const ConnectionContext& context, ConnectionId id,
                       std::unique_ptr<Channel> channel, std::string remote_address,
                       ClientConnections::Place place)
    : context_(context),
      id_(id),
      channel_(std::move(channel)),
      remote_address_(std::move(remote_address)),
      place_(std::move(place)),
      scanner_(head_limits()),
      now_(Clock::now()),
      since_(now_),
      sent_at_(now_) {
  deadline_ = next_deadline();
}

// An exchange that is still there has not come to its end.
Connection::~Connection() {
  if (exchange_) report(*exchange_, false, Clock::now(), context_.hooks.observe);
}

Next Connection::advance(Notes notes, Scratch& scratch) {
  observe(notes);
  output_.borrow(scratch.output);
  const bool flushed = flush();
  return finish_turn(flushed ? proceed(scratch) : Next::wait, scratch);
}

Next Connection::stream_body(Scratch& scratch) {
  now_ = Clock::now();
  output_.borrow(scratch.output);
  try {
    handle(scratch);
  } catch (const Refusal& refusal) {
    refuse(refusal);
  }
  return finish_turn(Next::resume, scratch);
}

Next Connection::send_piece(Scratch& scratch) {
  output_.borrow(scratch.output);
  try {
    continue_answer();
  } catch (...) {
    // Too late for another answer: without its end, the client knows that it is not whole.
    close_at_once();
  }
  return finish_turn(phase_ == Phase::pieces ? Next::piece : Next::resume, scratch);
}

Next Connection::turn_away(const Refusal& refusal, Scratch& scratch) {
  now_ = Clock::now();
  refuse(refusal);
  return finish_turn(Next::wait, scratch);
}

// ---- A turn

void Connection::observe(Notes notes) {
  now_ = Clock::now();
  if (notes & note::kHangup) hung_up_ = true;
  // A server that stops takes a last look, for a request that is on its way.
  if (notes & (note::kInput | note::kHangup | note::kStop)) readable_ = true;
  if ((notes & note::kOutput) && channel_->wants_to_write()) readable_ = true;
}

Next Connection::proceed(Scratch& scratch) {
  for (int steps = 0; steps < kStepsPerTurn; ++steps) {
    if (closing_) return Next::wait;
    if (phase_ == Phase::stream) return Next::stream;
    if (phase_ == Phase::pieces) return Next::piece;
    if (!try_step(scratch)) return Next::wait;
  }
  return Next::resume;
}

bool Connection::try_step(Scratch& scratch) {
  try {
    return step(scratch);
  } catch (const Refusal& refusal) {
    refuse(refusal);
    return true;
  }
}

// Returns false when only an event can bring more.
bool Connection::step(Scratch& scratch) {
  switch (phase_) {
    case Phase::head:
      return read_head(scratch);
    case Phase::body:
      return read_body(scratch);
    case Phase::parked:
      return answer_parked();
    case Phase::linger:
      return drain(scratch);
    case Phase::stream:
    case Phase::pieces:
      break;  // the pools'
  }
  return false;
}

Next Connection::finish_turn(Next next, Scratch& scratch) {
  bool flushed = flush();
  const bool waits = next == Next::wait && !(closing_ && flushed);
  if (waits && now_ >= next_deadline()) {
    expire();
    flushed = flush();
  }
  output_.give_back(scratch.output);
  if (!flushed) {
    next = Next::wait;
  } else if (closing_) {
    next = close_softly();
  }
  input_.keep();
  deadline_ = next_deadline();
  return next;
}

// ---- A request

bool Connection::read_head(Scratch& scratch) {
  for (;;) {
    const bool idle = input_.empty();
    const std::size_t head_bytes = idle ? 0 : scanner_.scan(input_.view());
    if (head_bytes > 0) {
      parse_head(input_.view().substr(0, head_bytes), scratch.head);
      input_.consume(head_bytes);
      begin_exchange(scratch.head);
      return true;
    }
    if (!fill(scratch)) return false;
    if (idle) since_ = now_;
  }
}

void Connection::begin_exchange(const RequestHead& head) {
  exchange_ = std::make_unique<Exchange>(head, since_);
  Request& request = exchange_->request;
  const bool understood = context_.parse_target(head, request);
  request.headers.assign(head.headers.begin(), head.headers.end());
  request.remote_address = remote_address_;
  request.deadline = since_ + std::min(context_.options.request_timeout,
                                       head.timeout.value_or(context_.options.request_timeout));
  if (context_.options.pack_answers) exchange_->gzip_use = gzip_use(head.accept_encoding);
  identify(request);
  exchange_->summary = summary_of(request);
  if (!understood) {
    exchange_->framing.keep_alive = false;
    throw Refusal(400, "the request line cannot be understood");
  }
  find_route();
  pass_gate();
  await_body(head);
}

void Connection::find_route() {
  Request& request = exchange_->request;
  RouteMatch match = context_.router.match(request.method, request.path);
  if (match.route) {
    exchange_->route = match.route;
    request.path_parameters = std::move(match.path_parameters);
  } else if (match.allow.empty()) {
    throw Refusal(404, "there is nothing at this path");
  } else {
    throw Refusal(405, "this path does not take " + request.method, {{"Allow", match.allow}});
  }
}

void Connection::pass_gate() {
  exchange_->summary.route = exchange_->route;
  try {
    check_queue();
    if (!context_.hooks.gate) return;
    exchange_->admission = context_.hooks.gate(exchange_->request, *exchange_->route);
  } catch (const Refusal&) {
    skip_body();
    throw;
  }
  exchange_->summary.client = exchange_->request.client;
}

void Connection::check_queue() const {
  if (is_probe(*exchange_) || context_.poller->delay(now_) <= context_.options.max_queue_time) {
    return;
  }
  throw Refusal(503, "the server has more to do than it can", {{"Retry-After", "1"}});
}

// A body that has come with its head is read past: then the connection is kept, and a client that
// is to come later need not connect for that.
void Connection::skip_body() {
  try {
    decode_input();
  } catch (const Refusal&) {
    // where it ends is not known
  }
}

void Connection::await_body(const RequestHead& head) {
  BodyDecoder& body = exchange_->body;
  const std::size_t wanted = exchange_->route->max_body_bytes;
  exchange_->packed = head.gzip && wanted > 0;
  body.set_limit(wanted > 0 ? wanted + (head.gzip ? packing_overhead(wanted) : 0)
                            : kUnwantedBodyBytes);
  if (head.expects_continue && !body.done() && input_.empty()) {
    output_.text() += "HTTP/1.1 100 Continue\r\n\r\n";
  }
  const bool large = head.content_length.value_or(0) > context_.options.collect_bytes;
  phase_ = large ? Phase::stream : Phase::body;
}

bool Connection::read_body(Scratch& scratch) {
  for (;;) {
    decode_input();
    const bool done = exchange_->body.done();
    const bool large = exchange_->request.body.size() > context_.options.collect_bytes ||
                       (done && exchange_->packed && !unpack());
    if (large || (done && !exchange_->route->handler)) {
      phase_ = Phase::stream;
      return true;
    }
    if (done) {
      handle(scratch);
      return true;
    }
    if (!fill(scratch)) return false;
  }
}

// False for a body that is large when it is unpacked, and for one that may be too large.
bool Connection::unpack() {
  return exchange_->unpack(
      std::min(context_.options.collect_bytes, exchange_->route->max_body_bytes));
}

void Connection::decode_input() {
  while (!exchange_->body.done() && !input_.empty()) {
    const auto piece = exchange_->body.next(input_.view(), input_.view().size());
    exchange_->request.body += piece.payload;
    input_.consume(piece.consumed);
  }
}

// The last line for handlers, which map their errors themselves: what escapes is our mistake.
void Connection::handle(Scratch& scratch) {
  try {
    call(scratch);
  } catch (const Refusal&) {
    throw;
  } catch (...) {
    respond_internal_error();
  }
}

void Connection::call(Scratch& scratch) {
  const BodySource source{*channel_,     input_,           exchange_->body,
                          scratch.input, context_.options, context_.aborted};
  const bool streams = phase_ == Phase::stream && exchange_->route->stream_handler;
  Outcome outcome =
      streams ? call_stream_handler(*exchange_, source) : call_handler(*exchange_, source);
  if (auto* const parked = std::get_if<Parked>(&outcome)) {
    if (parked->at_stop == AtStop::answer) exchange_->admission = {};  // it waits, no one works
    exchange_->parked.emplace(std::move(*parked), context_.poller, id_);
    phase_ = Phase::parked;
  } else {
    respond(std::get<Response>(std::move(outcome)));
  }
}

bool Connection::answer_parked() {
  if (hung_up_) {
    close_at_once();
    return false;
  }
  if (!exchange_->parked->due(now_, context_.stopping)) return false;
  try {
    respond(exchange_->parked->answer());
  } catch (...) {
    respond_internal_error();
  }
  return true;
}

// ---- An answer

void Connection::refuse(const Refusal& refusal) {
  if (!exchange_) exchange_ = Exchange::of_unreadable_head(since_, remote_address_);
  Response response = error_response(refusal.status(), refusal.what());
  for (const auto& header : refusal.headers()) response.headers.push_back(header);
  respond(std::move(response));
}

void Connection::respond_internal_error() {
  respond(error_response(500, "the server has made a mistake"));
}

Response Connection::error_response(int status, const std::string& detail) const {
  return context_.hooks.error_response(exchange_->summary.path, status, detail);
}

// Bytes of a request that was not read to its end are no next request: then we close.
void Connection::respond(Response response) {
  Exchange& exchange = *exchange_;
  ResponseFraming& framing = exchange.framing;
  const bool ends_itself = !response.next_piece || sends_chunks(framing);
  framing.keep_alive =
      framing.keep_alive && exchange.whole() && ends_itself && !context_.winding_down;
  complete(response, exchange.summary, context_.hooks.decorate);
  if (exchange.gzip_use && !is_probe(exchange)) pack_answer(response, *exchange.gzip_use);
  exchange.status = response.status;
  exchange.subject = std::move(response.subject);
  write([&](std::string& out) { append_response(out, response, framing); });
  if (response.next_piece && has_body(response.status, framing)) {
    return begin_pieces(std::move(response));
  }
  end_answer();
}

void Connection::begin_pieces(Response response) {
  exchange_->next_piece = std::move(response.next_piece);
  exchange_->request = Request();
  exchange_->parked.reset();
  exchange_->admission = {};  // the client takes what is left in its own time
  phase_ = Phase::pieces;
  if (!sends_chunks(exchange_->framing)) channel_->fail_on_close(true);
}

void Connection::continue_answer() {
  const std::string piece = exchange_->next_piece();
  const ResponseFraming& framing = exchange_->framing;
  write([&](std::string& out) { append_piece(out, piece, framing); });
  if (!piece.empty()) return;
  if (!sends_chunks(framing)) channel_->fail_on_close(false);
  end_answer();
}

template <class Append>
void Connection::write(Append&& append) {
  const std::size_t before = output_.text().size();
  append(output_.text());
  exchange_->sent_bytes += output_.text().size() - before;
  now_ = sent_at_ = Clock::now();
}

void Connection::end_answer() {
  closing_ = !exchange_->framing.keep_alive;
  lingering_ = closing_ && (!exchange_->whole() || readable_ || !input_.empty());
  report(*exchange_, true, now_, context_.hooks.observe);
  exchange_.reset();
  phase_ = Phase::head;
  scanner_ = HeadScanner(head_limits());
  since_ = now_;
}

// ---- The socket

bool Connection::fill(Scratch& scratch) {
  if (!readable_) return false;
  const IoResult result = input_.fill(*channel_, scratch.input);
  // Behind the last bytes of a client that has hung up stands the end, of which no event comes.
  const bool end_follows = hung_up_ && result.bytes > 0;
  readable_ = !result.closed && (!result.blocked || end_follows);
  if (result.closed) close_at_once();
  if (result.blocked && channel_->wants_to_write()) watch_output();
  return result.bytes > 0;
}

bool Connection::drain(Scratch& scratch) {
  if (!fill(scratch)) return false;
  drained_bytes_ += input_.view().size();
  input_.consume(input_.view().size());
  if (drained_bytes_ > kLingerBytes) close_at_once();
  return true;
}

// Returns true when nothing is left to send.
bool Connection::flush() {
  if (output_.empty()) return true;
  const IoResult result = output_.flush(*channel_);
  if (result.bytes > 0) sent_at_ = now_;
  if (result.closed) {
    output_.clear();
    close_at_once();
  } else if (result.blocked) {
    watch_output();
  }
  return output_.empty();
}

void Connection::watch_output() {
  if (watches_output_) return;
  watches_output_ = true;
  context_.poller->watch_output(channel_->socket(), id_);
}

Next Connection::close_softly() {
  if (!lingering_) return Next::close;
  channel_->shutdown_send();
  input_.consume(input_.view().size());
  phase_ = Phase::linger;
  closing_ = lingering_ = false;
  readable_ = true;
  since_ = now_;
  return Next::resume;
}

void Connection::close_at_once() {
  closing_ = true;
  lingering_ = false;
}

// ---- Deadlines

SteadyTime Connection::next_deadline() const {
  const TransportOptions& options = context_.options;
  if (channel_->opening()) return since_ + options.header_timeout;
  if (!output_.empty()) return sent_at_ + options.write_timeout;
  switch (phase_) {
    case Phase::head:
      return since_ + (input_.empty() ? idle_timeout() : options.header_timeout);
    case Phase::body:
      return since_ + options.request_timeout;
    case Phase::parked:
      return exchange_->parked->until();
    case Phase::linger:
      return since_ + kLingerTime;
    case Phase::stream:  // its reader looks at the clock
    case Phase::pieces:  // as soon as they are made, there is output
      break;
  }
  return SteadyTime::max();
}

// A server that stops asks no more of a client than to be quick: closing at once would cut off
// the request that may be on its way.
std::chrono::milliseconds Connection::idle_timeout() const {
  const TransportOptions& options = context_.options;
  return context_.stopping ? std::min(options.idle_timeout, options.stopping_idle_timeout)
                           : options.idle_timeout;
}

void Connection::expire() {
  const bool unsent = !output_.empty();
  const bool idle = phase_ == Phase::head && input_.empty();
  if (unsent || idle || phase_ == Phase::linger) {
    output_.clear();
    close_at_once();
  } else if (phase_ == Phase::head || phase_ == Phase::body) {
    refuse(Refusal(408, "the request did not come in time"));
  }
}

HeadLimits Connection::head_limits() const {
  return {context_.options.max_header_bytes, context_.options.max_headers};
}

}  // namespace mlserve::server

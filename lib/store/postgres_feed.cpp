#include "store/postgres_feed.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <poll.h>
#include <string>
#include <sys/eventfd.h>
#include <utility>

#include "core/backoff.hpp"
#include "core/error.hpp"

namespace mlserve::store {
namespace {

constexpr std::chrono::milliseconds kForever{-1};
constexpr int kNoSocket = -1;  // poll(2) passes over it

struct NotifyFree {
  void operator()(PGnotify* notify) const { libpq().PQfreemem(notify); }
};

struct KindWord {
  std::string_view word;
  Change::Kind kind;
};
constexpr std::array kWords = {
    KindWord{"queued", Change::Kind::queued}, KindWord{"started", Change::Kind::started},
    KindWord{"ended", Change::Kind::ended}, KindWord{"models", Change::Kind::models}};

/// "queued ID" and the like, as the triggers write it.
Change parse_change(std::string_view payload) {
  const std::size_t space = std::min(payload.find(' '), payload.size());
  for (const KindWord& known : kWords) {
    if (payload.substr(0, space) == known.word)
      return {known.kind, std::string(payload.substr(std::min(space + 1, payload.size())))};
  }
  return {};
}

}  // namespace

PostgresFeed::PostgresFeed(PostgresConnector& connector)
    : connector_(connector), wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!wake_)
    throw system_error(ErrorKind::internal, "cannot watch " + connector.uri().shown(), errno);
  thread_ = std::thread([this] { run(); });
}

PostgresFeed::~PostgresFeed() {
  stopping_ = true;
  ::eventfd_write(wake_.get(), 1);
  thread_.join();
}

void PostgresFeed::add(ChangeListener listener) {
  listeners_.add(std::move(listener));
  ::eventfd_write(wake_.get(), 1);
}

void PostgresFeed::run() {
  Backoff backoff;
  do {
    if (listen()) {
      backoff.succeeded();
    } else {
      backoff.failed();
    }
  } while (wait(kNoSocket, backoff.pause()));
}

/// Returns when the connection is lost or the end has come; false if it could not be made.
bool PostgresFeed::listen() {
  try {
    const PgConnectionHandle connection = connector_.connect();
    const std::string command = "LISTEN " + std::string(kPostgresChannel);
    const PgResultHandle result(libpq().PQexec(connection.get(), command.c_str()));
    if (libpq().PQresultStatus(result.get()) != PGRES_COMMAND_OK) return false;
    follow(*connection);
    return true;
  } catch (const Error&) {
    return false;  // whoever asks the database hears why
  }
}

void PostgresFeed::follow(PGconn& connection) {
  listeners_.forget_greetings();
  do {
    if (libpq().PQconsumeInput(&connection) == 0) return;
    listeners_.greet();
    while (const auto notify =
               std::unique_ptr<PGnotify, NotifyFree>(libpq().PQnotifies(&connection))) {
      listeners_.tell(parse_change(notify->extra));
    }
  } while (wait(libpq().PQsocket(&connection), kForever));
}

/// Until the socket can be read, the time is over, or `wake_` was written to; false at the end.
bool PostgresFeed::wait(int socket, std::chrono::milliseconds timeout) {
  std::array<pollfd, 2> watched{pollfd{wake_.get(), POLLIN, 0}, pollfd{socket, POLLIN, 0}};
  ::poll(watched.data(), watched.size(), static_cast<int>(timeout.count()));
  if (watched[0].revents != 0) {
    eventfd_t ignored = 0;
    ::eventfd_read(wake_.get(), &ignored);
  }
  return !stopping_;
}

}  // namespace mlserve::store

#include "server/listener.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string_view>
#include <sys/stat.h>
#include <sys/un.h>
#include <utility>

#include "core/error.hpp"
#include "server/local_client.hpp"

namespace mlserve::server {
namespace {

// The kernel's queue of connections that wait for `accept`.
constexpr int kBacklog = 1024;

// Connections that are accepted before the deadlines of others are looked after.
constexpr int kRound = 64;

// How long nothing is accepted after the process or the system ran out of descriptors or memory:
// the next attempt would fail as well.
constexpr int kPauseMs = 50;

// How long a client takes from the kernel's answer to its being connected, within a data centre.
constexpr int kHandshakeMs = 10;

struct Address {
  sockaddr_storage storage{};
  socklen_t bytes = sizeof storage;

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  sa_family_t family() const { return storage.ss_family; }
};

Address own_address(int socket) {
  Address address;
  ::getsockname(socket, address.get(), &address.bytes);
  return address;
}

std::string host_text(Address& address) {
  std::array<char, NI_MAXHOST> text{};
  const bool known = ::getnameinfo(address.get(), address.bytes, text.data(), text.size(), nullptr,
                                   0, NI_NUMERICHOST) == 0;
  return known ? text.data() : std::string();
}

std::string peer_host(int socket) {
  Address address;
  if (::getpeername(socket, address.get(), &address.bytes) != 0) return {};
  return host_text(address);
}

int int_option(int socket, int option) {
  int value = -1;
  socklen_t bytes = sizeof value;
  ::getsockopt(socket, SOL_SOCKET, option, &value, &bytes);
  return value;
}

bool set_nonblocking(int socket) {
  const int flags = ::fcntl(socket, F_GETFL);
  return flags >= 0 && ::fcntl(socket, F_SETFL, flags | O_NONBLOCK) == 0;
}

bool listen_nonblocking(int socket) {
  return ::listen(socket, kBacklog) == 0 && set_nonblocking(socket);
}

// Drops what asks for a new connection and lets pass what completes one: between the last accept
// and the close, none may come in that would be reset with its request. A client whose first packet
// was dropped repeats it, and is refused. Where there are no such filters, that gap stays.
void drop_new_connections(int socket) {
  constexpr std::uint32_t kFlags = 13;  // their place in the header of TCP
  constexpr std::uint32_t kSyn = 2;
  constexpr std::uint32_t kWhole = 0xffff'ffff;
  std::array<sock_filter, 4> program{sock_filter{BPF_LD | BPF_B | BPF_ABS, 0, 0, kFlags},
                                     sock_filter{BPF_JMP | BPF_JSET | BPF_K, 0, 1, kSyn},
                                     sock_filter{BPF_RET | BPF_K, 0, 0, 0},
                                     sock_filter{BPF_RET | BPF_K, 0, 0, kWhole}};
  const sock_fprog filter{.len = program.size(), .filter = program.data()};
  ::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

Address unix_address(const std::string& path) {
  Address address;
  auto* const name = reinterpret_cast<sockaddr_un*>(&address.storage);
  if (path.empty() || path.size() >= sizeof name->sun_path) {
    throw Error(ErrorKind::invalid_argument, path + ": the name of a Unix socket has 1 to " +
                                                 std::to_string(sizeof name->sun_path - 1) +
                                                 " bytes");
  }
  name->sun_family = AF_UNIX;
  path.copy(name->sun_path, path.size());
  address.bytes = sizeof *name;
  return address;
}

Descriptor unix_socket() {
  return Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

Error cannot_listen(const std::string& path, const std::string& reason) {
  return Error(ErrorKind::unavailable, "cannot listen on " + path + ": " + reason);
}

// A socket whose server has died refuses; a full queue is one of a living server.
void remove_dead_socket(const std::string& path, Address& address) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return;
  if (!S_ISSOCK(status.st_mode)) throw cannot_listen(path, "it is another kind of file");
  const Descriptor client = unix_socket();
  const bool refused =
      ::connect(client.get(), address.get(), address.bytes) != 0 && errno == ECONNREFUSED;
  if (!refused) throw cannot_listen(path, "a server answers there");
  ::unlink(path.c_str());
}

}  // namespace

/// The name of a Unix socket in its folder, removed in the end if it is still this one.
class Listener::File {
 public:
  explicit File(std::string path) : path_(std::move(path)) { ::lstat(path_.c_str(), &made_); }
  ~File() {
    struct stat now {};
    const bool same = ::lstat(path_.c_str(), &now) == 0 && now.st_ino == made_.st_ino &&
                      now.st_dev == made_.st_dev;
    if (same) ::unlink(path_.c_str());
  }

  File(const File&) = delete;
  File& operator=(const File&) = delete;

 private:
  std::string path_;
  struct stat made_ {};
};

Listener::Listener(Descriptor socket, sa_family_t family, std::unique_ptr<File> file,
                   bool inherited)
    : socket_(std::move(socket)), family_(family), file_(std::move(file)), inherited_(inherited) {}

Listener::Listener(Listener&&) noexcept = default;
Listener::~Listener() = default;

Listener Listener::on_tcp(Descriptor bound) {
  if (!listen_nonblocking(bound.get())) {
    throw system_error(ErrorKind::unavailable, "cannot listen", errno);
  }
  const sa_family_t family = own_address(bound.get()).family();
  return {std::move(bound), family, nullptr, false};
}

Listener Listener::on_unix(const std::string& path, unsigned mode) {
  Address address = unix_address(path);
  remove_dead_socket(path, address);
  Descriptor socket = unix_socket();
  if (::bind(socket.get(), address.get(), address.bytes) != 0) {
    throw cannot_listen(path, std::strerror(errno));
  }
  auto file = std::make_unique<File>(path);
  // Nobody can connect before it listens, so nobody is faster than its mode.
  if (::chmod(path.c_str(), mode) != 0 || !listen_nonblocking(socket.get())) {
    throw cannot_listen(path, std::strerror(errno));
  }
  return {std::move(socket), AF_UNIX, std::move(file), false};
}

Listener Listener::inherited(int socket) {
  const sa_family_t family = own_address(socket).family();
  const bool known = family == AF_INET || family == AF_INET6 || family == AF_UNIX;
  if (!known || int_option(socket, SO_TYPE) != SOCK_STREAM ||
      int_option(socket, SO_ACCEPTCONN) != 1 || !set_nonblocking(socket)) {
    throw Error(ErrorKind::invalid_argument, "descriptor " + std::to_string(socket) +
                                                 " is no socket where TCP or Unix clients connect");
  }
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
  return {Descriptor(socket), family, nullptr, true};
}

std::string Listener::host() const {
  Address address = own_address(socket());
  if (is_tcp()) return host_text(address);
  const auto* const name = reinterpret_cast<const sockaddr_un*>(&address.storage);
  const std::size_t bytes = address.bytes - offsetof(sockaddr_un, sun_path);
  std::string path(name->sun_path, ::strnlen(name->sun_path, bytes));
  if (path.empty() && bytes > 0) path = "@" + std::string(name->sun_path + 1, bytes - 1);
  return path;
}

int Listener::port() const {
  const Address address = own_address(socket());
  const auto* const ip6 = reinterpret_cast<const sockaddr_in6*>(&address.storage);
  const auto* const ip4 = reinterpret_cast<const sockaddr_in*>(&address.storage);
  if (!is_tcp()) return 0;
  return ntohs(address.family() == AF_INET6 ? ip6->sin6_port : ip4->sin_port);
}

Listener::Waiting Listener::accept(const OnArrival& on_arrival) const {
  for (int taken = 0; taken < kRound; ++taken) {
    const int client = ::accept4(socket(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client >= 0) {
      const int on = 1;
      if (is_tcp()) ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      on_arrival({client, is_tcp() ? peer_host(client) : "unix", is_tcp()});
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return errno == EAGAIN || errno == EWOULDBLOCK ? Waiting::none : Waiting::no_room;
    }
  }
  return Waiting::more;
}

void Listener::finish(const OnArrival& on_arrival) {
  if (inherited_) return;
  file_.reset();
  if (is_tcp()) drop_new_connections(socket());
  pollfd next{socket(), POLLIN, 0};
  Waiting waiting = Waiting::more;
  while (waiting == Waiting::more ||
         (waiting == Waiting::none && ::poll(&next, 1, kHandshakeMs) == 1)) {
    waiting = accept(on_arrival);
  }
}

bool is_beyond_loopback(int socket) {
  Address address = own_address(socket);
  const bool tcp = address.family() == AF_INET || address.family() == AF_INET6;
  return tcp && !is_loopback(host_text(address));
}

// Not httplib's own loop, which ends for good when the system is out of descriptors.
void accept_until(int stop_event, std::vector<Listener>& listeners,
                  const Listener::OnArrival& on_arrival,
                  const std::function<std::optional<std::chrono::milliseconds>()>& on_tick) {
  std::vector<pollfd> waiting{{stop_event, POLLIN, 0}};
  for (const Listener& listener : listeners) waiting.push_back({listener.socket(), POLLIN, 0});
  while (waiting[0].revents == 0) {
    bool room = true;
    for (const Listener& listener : listeners) {
      room = listener.accept(on_arrival) != Listener::Waiting::no_room && room;
    }
    const auto tick = on_tick();
    const int timeout = tick ? static_cast<int>(tick->count()) : -1;
    ::poll(waiting.data(), room ? waiting.size() : 1, room ? timeout : kPauseMs);
  }
  for (Listener& listener : listeners) listener.finish(on_arrival);
  listeners.clear();
}

}  // namespace mlserve::server

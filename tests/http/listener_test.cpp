#include "server/listener.hpp"

#include <atomic>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <future>
#include <semaphore>
#include <sys/stat.h>
#include <thread>

#include "support/catch_shim.hpp"

#include "core/error.hpp"
#include "support/errors.hpp"
#include "support/http_server.hpp"
#include "support/listening_socket.hpp"
#include "support/temporary_folder.hpp"

using namespace mlserve;
using namespace mlserve::server;
using namespace mlserve::test;
using namespace std::chrono_literals;
using mlserve::testing::error_kind_of;
using mlserve::testing::TemporaryFolder;

namespace {

Route whoami() {
  return get("/whoami", [](const Request& request) { return text(200, request.remote_address); });
}

TransportOptions on_unix(const std::string& path) {
  TransportOptions options;
  options.tcp = false;
  options.unix_path = path;
  return options;
}

TransportOptions on_inherited(int socket) {
  TransportOptions options;
  give_socket(socket, options);
  options.stopping_idle_timeout = 0ms;
  return options;
}

}  // namespace

// ---- Unix sockets

TEST_CASE("Clients come by a Unix socket, beside TCP or alone", "[server]") {
  const TemporaryFolder folder;
  TransportOptions options = on_unix(folder.file("socket"));
  options.tcp = GENERATE(true, false);
  Server server({whoami()}, options);
  HttpClient client(options.unix_path);
  for (int i = 0; i < 3; ++i) CHECK(client.exchange(get_request("/whoami")).body == "unix");
  if (options.tcp) {
    CHECK(HttpClient(server.port()).exchange(get_request("/whoami")).body == "127.0.0.1");
    CHECK(server.addresses() ==
          std::vector<std::string>{"http://127.0.0.1:" + std::to_string(server.port()),
                                   "unix:" + options.unix_path});
  } else {
    CHECK(server.port() == 0);
    CHECK(server.addresses() == std::vector<std::string>{"unix:" + options.unix_path});
  }
}

TEST_CASE("A Unix socket has its mode, and is removed in the end", "[server]") {
  const TemporaryFolder folder;
  TransportOptions options = on_unix(folder.file("socket"));
  options.unix_mode = GENERATE(0660U, 0600U);
  {
    const Server server({hello()}, options);
    struct stat status {};
    REQUIRE(::stat(options.unix_path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == options.unix_mode);
  }
  CHECK_FALSE(std::filesystem::exists(options.unix_path));
}

TEST_CASE("The socket of a dead server is replaced, that of a living one is not", "[server]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("socket");
  {
    // It is left as by kill -9: a copy of its name outlives it.
    const Listener dead = Listener::on_unix(path, 0660);
    std::filesystem::create_hard_link(path, folder.file("copy"));
  }
  std::filesystem::rename(folder.file("copy"), path);
  Server server({hello()}, on_unix(path));
  CHECK(HttpClient(path).exchange(get_request("/hello")).status == 200);
  CHECK(error_kind_of([&] { Server({hello()}, on_unix(path)); }) == ErrorKind::unavailable);
  CHECK(HttpClient(path).exchange(get_request("/hello")).status == 200);
}

TEST_CASE("A successor's socket of the same name is left alone", "[server]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("socket");
  {
    const Listener first = Listener::on_unix(path, 0660);
    std::filesystem::remove(path);
    std::ofstream(path) << "another's";
  }
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("A Unix socket takes no place of a file, and no name that is too long", "[server]") {
  const TemporaryFolder folder;
  std::ofstream(folder.file("file")) << "kept";
  CHECK(error_kind_of([&] { Listener::on_unix(folder.file("file"), 0660); }) ==
        ErrorKind::unavailable);
  CHECK(std::filesystem::file_size(folder.file("file")) == 4);
  CHECK(error_kind_of([&] { Listener::on_unix(folder.file("none/socket"), 0660); }) ==
        ErrorKind::unavailable);
  CHECK(error_kind_of([&] { Listener::on_unix(folder.file(std::string(200, 'x')), 0660); }) ==
        ErrorKind::invalid_argument);
}

// ---- Inherited sockets

TEST_CASE("Clients of an inherited socket are served, and those to come left in it", "[server]") {
  const ListeningSocket manager;
  {
    Server first({hello()}, on_inherited(manager.socket.get()));
    CHECK(first.port() == manager.port);
    CHECK(HttpClient(manager.port).exchange(get_request("/hello")).status == 200);
  }
  HttpClient between(manager.port);
  between.send(get_request("/hello"));
  const Server second({hello()}, on_inherited(manager.socket.get()));
  CHECK(between.read().status == 200);
}

TEST_CASE("A Unix socket may be inherited, and keeps its name", "[server]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("socket");
  const Listener parent = Listener::on_unix(path, 0660);
  for (int i = 0; i < 2; ++i) {
    const Server server({whoami()}, on_inherited(parent.socket()));
    CHECK(server.addresses() == std::vector<std::string>{"unix:" + path});
    CHECK(HttpClient(path).exchange(get_request("/whoami")).body == "unix");
  }
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("A descriptor that is no listening socket is refused", "[server]") {
  const Descriptor file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Descriptor idle(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const Descriptor datagrams(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  for (const int descriptor : {file.get(), idle.get(), datagrams.get(), 1'000'000}) {
    CHECK(error_kind_of([&] { Listener::inherited(descriptor); }) == ErrorKind::invalid_argument);
  }
}

TEST_CASE("A server needs an address", "[server]") {
  TransportOptions options;
  options.tcp = false;
  CHECK(error_kind_of([&] { Server({hello()}, options); }) == ErrorKind::invalid_argument);
}

// ---- The end

TEST_CASE("A server that winds down answers, and sends its clients elsewhere", "[server]") {
  Server server({hello()});
  HttpClient kept(server.port());
  CHECK_FALSE(kept.exchange(get_request("/hello")).has("Connection: close"));
  server.wind_down();
  const Answer last = kept.exchange(get_request("/hello"));
  CHECK(last.status == 200);
  CHECK(last.has("Connection: close"));
  CHECK(kept.at_end());
  const Answer only = HttpClient(server.port()).exchange(get_request("/hello"));
  CHECK(only.status == 200);
  CHECK(only.has("Connection: close"));
}

TEST_CASE("A server that stops answers the requests that are on their way", "[server]") {
  TransportOptions options;
  options.stopping_idle_timeout = 60s;
  Server server({hello()}, options);
  HttpClient kept(server.port());
  CHECK(kept.exchange(get_request("/hello")).status == 200);
  HttpClient fresh(server.port());
  HttpClient begun(server.port());
  begun.send("GET /hel");
  const int port = server.port();
  server.stop();
  // Refused: the stop has been seen.
  for (bool open = true; open;) {
    try {
      HttpClient client(port);
    } catch (const std::runtime_error&) {
      open = false;
    }
  }
  begun.send("lo HTTP/1.1\r\nHost: a\r\n\r\n");
  for (HttpClient* client : {&kept, &fresh}) client->send(get_request("/hello"));
  for (HttpClient* client : {&kept, &fresh, &begun}) {
    const Answer answer = client->read();
    CHECK(answer.status == 200);
    CHECK(answer.has("Connection: close"));
    CHECK(client->at_end());
  }
}

TEST_CASE("A client that has connected is answered or was refused, whenever a server stops",
          "[server]") {
  std::atomic<int> port{0};
  std::atomic<int> lost{0};
  std::atomic<int> answered{0};
  std::atomic<bool> done{false};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      while (!done) {
        std::optional<HttpClient> client;
        try {
          client.emplace(port.load());
        } catch (const std::runtime_error&) {
          continue;
        }
        const bool served = client->exchange(get_request("/hello")).status == 200;
        ++(served ? answered : lost);
      }
    });
  }
  for (int i = 0; i < 10; ++i) {
    Server server({hello()});
    port = server.port();
    const int before = answered;
    while (answered < before + 20) std::this_thread::yield();
  }
  done = true;
  for (std::thread& client : clients) client.join();
  CHECK(answered >= 200);
  CHECK(lost == 0);
}

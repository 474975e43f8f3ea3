#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "support/catch_shim.hpp"
#include <openssl/ssl.h>

#include "core/error.hpp"
#include "server/tls_context.hpp"
#include "support/errors.hpp"
#include "support/http_server.hpp"
#include "support/listening_socket.hpp"
#include "support/tls_client.hpp"

using namespace mlserve;
using namespace mlserve::server;
using namespace mlserve::test;
using namespace std::chrono_literals;
using mlserve::testing::error_of;

namespace {

constexpr const char* kHttp11 = "\x08http/1.1";

/// A server with a certificate of its own; one case makes it once.
struct TlsServer {
  TlsFiles files;
  std::shared_ptr<TlsContext> context = std::make_shared<TlsContext>(files.certificate, files.key);
  Server server;

  explicit TlsServer(TransportOptions options = {})
      : server({hello(), echo(16 * kMegabyte), count()}, with(options, context)) {}

  static TransportOptions with(TransportOptions options, std::shared_ptr<TlsContext> context) {
    options.tls = std::move(context);
    return options;
  }
  int port() const { return server.port(); }
};

}  // namespace

TEST_CASE("Requests come by TLS 1.2 and 1.3, one after the other and pipelined", "[server]") {
  const TlsServer server;
  const auto [version, name] =
      GENERATE(table<int, std::string>({{TLS1_2_VERSION, "TLSv1.2"}, {TLS1_3_VERSION, "TLSv1.3"}}));
  TlsClient client(server.port(),
                   {.least_version = version, .most_version = version, .alpn = kHttp11});
  REQUIRE(client.connected());
  CHECK(client.version() == name);
  CHECK(client.alpn() == "http/1.1");
  for (int i = 0; i < 20; ++i) REQUIRE(client.exchange(get_request("/hello")).body == "hello");
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += post_request("/echo", std::to_string(i));
  client.send(requests);
  for (int i = 0; i < 200; ++i) REQUIRE(client.read().body == std::to_string(i));
}

TEST_CASE("A request may come in records of one byte", "[server]") {
  const TlsServer server;
  TlsClient client(server.port());
  for (const char byte : chunked_request("/echo", {"hel", "lo"})) client.send({&byte, 1});
  CHECK(client.read().body == "hello");
}

TEST_CASE("Large bodies pass TLS both ways", "[server]") {
  const TlsServer server;
  std::string body(12 * kMegabyte, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i % 23);
  TlsClient client(server.port());
  // The client does not read before it has sent all: neither side may hold up the other.
  CHECK(client.exchange(post_request("/echo", body)).body == body);
  CHECK(client.exchange(post_request("/count", body)).body == std::to_string(body.size()));
  CHECK(client.exchange(get_request("/hello")).body == "hello");
}

TEST_CASE("A client that reads slowly gets all, and holds no worker", "[server]") {
  TransportOptions options;
  options.workers = 1;
  const TlsServer server(options);
  const std::string body(8 * kMegabyte, 'x');
  TlsClient slow(server.port(), {}, 4096);
  slow.send(post_request("/echo", body) + get_request("/hello"));
  CHECK(TlsClient(server.port()).exchange(get_request("/hello")).status == 200);
  CHECK(slow.read().body == body);
  CHECK(slow.read().body == "hello");
}

TEST_CASE("A handshake waits for room to send", "[server]") {
  // A certificate that does not fit into what the kernel takes for this connection.
  const TlsFiles files;
  std::string certificate;
  std::getline(std::ifstream(files.certificate), certificate, '\0');
  std::ofstream chain(files.certificate, std::ios::app);
  for (int i = 0; i < 60; ++i) chain << certificate;
  chain.close();
  const ListeningSocket small;
  const int bytes = 4096;
  ::setsockopt(small.socket.get(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  TransportOptions options;
  give_socket(small.socket.get(), options);
  options.tls = std::make_shared<TlsContext>(files.certificate, files.key);
  const Server server({hello()}, options);
  const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  TlsClient client(small.port, {.most_version = version}, 4096);
  REQUIRE(client.connected());
  CHECK(client.exchange(get_request("/hello")).status == 200);
}

TEST_CASE("New keys may be asked for at any time", "[server]") {
  const TlsServer server;
  TlsClient client(server.port(), {.least_version = TLS1_3_VERSION});
  for (int i = 0; i < 10; ++i) {
    client.update_keys();
    REQUIRE(client.exchange(post_request("/echo", "body")).body == "body");
  }
}

TEST_CASE("A client that has said goodbye still gets its answer, and the server's goodbye",
          "[server]") {
  const TlsServer server;
  TlsClient client(server.port());
  client.send(get_request("/hello"));
  client.shutdown_send();
  CHECK(client.read().body == "hello");
  CHECK(client.at_end());
  CHECK(client.was_told_goodbye());
}

TEST_CASE("A closed connection ends by a goodbye, also when bytes were left unread", "[server]") {
  const TlsServer server;
  TlsClient client(server.port());
  const std::string request = GENERATE(std::string("GET /hello HTTP/1.0\r\n\r\n"),
                                       post_request("/nowhere", std::string(300'000, 'b')));
  CHECK(client.exchange(request).has("Connection: close"));
  CHECK(client.at_end());
  CHECK(client.was_told_goodbye());
}

TEST_CASE("A client that breaks off in mid-request harms no other", "[server]") {
  TransportOptions options;
  options.max_connections = 2;
  const TlsServer server(options);
  for (int i = 0; i < 20; ++i) {
    TlsClient client(server.port());
    client.send(post_head("/count", "Content-Length: 5000000\r\n") + "begin");
    if (i % 2) client.shutdown_send();
  }
  for (int i = 0; i < 1000; ++i) {
    TlsClient client(server.port());
    if (client.exchange(get_request("/hello")).status == 200) return;
  }
  FAIL("places are still taken");
}

TEST_CASE("Connections above the limit are told so by TLS", "[server]") {
  TransportOptions options;
  options.max_connections = 1;
  const TlsServer server(options);
  TlsClient first(server.port());
  CHECK(first.exchange(get_request("/hello")).status == 200);
  TlsClient second(server.port());
  CHECK(second.read().status == 503);
  CHECK(second.at_end());
}

TEST_CASE("Old versions and other protocols are refused by an alert", "[server]") {
  const TlsServer server;
  CHECK_FALSE(TlsClient(server.port(), {.most_version = TLS1_1_VERSION}).connected());
  CHECK_FALSE(TlsClient(server.port(), {.alpn = "\x02h2"}).connected());
  TlsClient both(server.port(), {.alpn = std::string("\x02h2") + kHttp11});
  CHECK(both.alpn() == "http/1.1");
  CHECK(both.exchange(get_request("/hello")).status == 200);
}

TEST_CASE("A client that speaks no TLS is closed", "[server]") {
  const TlsServer server;
  const std::string bytes =
      GENERATE(get_request("/hello"), post_request("/echo", std::string(100'000, 'b')),
               std::string(100'000, '\0'), std::string(100'000, '\x16'));
  HttpClient client(server.port());
  client.send(bytes);
  CHECK(client.read_to_end().find("HTTP") == std::string::npos);
  CHECK(TlsClient(server.port()).exchange(get_request("/hello")).status == 200);
}

TEST_CASE("A handshake that does not come to its end has the time of a head", "[server]") {
  TransportOptions options;
  options.workers = 1;
  options.header_timeout = 60ms;
  const TlsServer server(options);
  HttpClient silent(server.port());
  HttpClient begun(server.port());
  begun.send("\x16\x03\x01");
  CHECK(TlsClient(server.port()).exchange(get_request("/hello")).status == 200);
  CHECK(silent.at_end());
  CHECK(begun.at_end());
}

TEST_CASE("After the handshake a client may be idle as without TLS", "[server]") {
  TransportOptions options;
  options.header_timeout = 60ms;
  const TlsServer server(options);
  TlsClient client(server.port());
  CHECK_FALSE(client.exchange(get_request("/hello")).has("Connection: close"));
  HttpClient clock(server.port());
  CHECK(clock.at_end());  // when the time of a head is over
  CHECK(client.exchange(get_request("/hello")).status == 200);
}

TEST_CASE("A session is resumed by its ticket", "[server]") {
  const TlsServer server;
  const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  TlsOffer offer{.least_version = version, .most_version = version};
  {
    TlsClient first(server.port(), offer);
    CHECK(first.exchange(get_request("/hello")).status == 200);
    CHECK_FALSE(first.resumed());
    offer.session = first.session();
    first.shutdown_send();  // a session that broke off is not resumed
  }
  TlsClient second(server.port(), offer);
  CHECK(second.resumed());
  CHECK(second.exchange(get_request("/hello")).status == 200);
}

TEST_CASE("Reloaded files serve new connections; those that are open go on", "[server]") {
  const TlsServer server;
  TlsClient before(server.port());
  CHECK(before.exchange(get_request("/hello")).status == 200);
  server.files.make();
  server.context->reload();
  TlsClient after(server.port());
  CHECK(after.serial() != before.serial());
  CHECK(after.exchange(get_request("/hello")).status == 200);
  CHECK(before.exchange(get_request("/hello")).status == 200);
}

TEST_CASE("Files that are missing, damaged or of two pairs are refused and named", "[server]") {
  const TlsServer server;
  const TlsFiles& files = server.files;
  const TlsFiles others;
  const std::string serial = TlsClient(server.port()).serial();

  const auto write = [](const std::string& file, const std::string& content) {
    std::ofstream(file, std::ios::trunc) << content;
  };
  const auto reload_fails = [&](ErrorKind kind, const std::string& file) {
    const auto error = error_of([&] { server.context->reload(); });
    REQUIRE(error);
    CHECK(error->kind() == kind);
    INFO(error->what());
    CHECK(std::string(error->what()).find(file) != std::string::npos);
    CHECK(TlsClient(server.port()).serial() == serial);
  };
  std::filesystem::copy_file(others.key, files.key,
                             std::filesystem::copy_options::overwrite_existing);
  reload_fails(ErrorKind::corrupt, files.key);
  write(files.key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  reload_fails(ErrorKind::corrupt, files.key);
  std::filesystem::copy_file(others.key, files.key,
                             std::filesystem::copy_options::overwrite_existing);
  write(files.certificate, "no certificate");
  reload_fails(ErrorKind::corrupt, files.certificate);
  std::filesystem::remove(files.certificate);
  reload_fails(ErrorKind::not_found, files.certificate);
  std::filesystem::copy_file(others.certificate, files.certificate);
  server.context->reload();
  CHECK(TlsClient(server.port()).serial() != serial);
}

TEST_CASE("A key with a passphrase is refused; nobody is asked for it", "[server]") {
  const TlsFiles files;
  const std::string locked = files.folder.file("locked.pem");
  REQUIRE(std::system(("openssl ec -aes128 -passout pass:secret -in '" + files.key + "' -out '" +
                       locked + "' 2>/dev/null")
                          .c_str()) == 0);
  const auto error = error_of([&] { TlsContext(files.certificate, locked); });
  REQUIRE(error);
  CHECK(std::string(error->what()).find(locked) != std::string::npos);
}

TEST_CASE("Connections come and go while the files are reloaded", "[server]") {
  const TlsServer server;
  std::atomic<bool> done{false};
  std::thread reloading([&] {
    while (!done) server.context->reload();
  });
  int answered = 0;
  for (int i = 0; i < 100; ++i) {
    TlsClient client(server.port());
    answered += client.exchange(get_request("/hello")).status == 200 ? 1 : 0;
  }
  done = true;
  reloading.join();
  CHECK(answered == 100);
}

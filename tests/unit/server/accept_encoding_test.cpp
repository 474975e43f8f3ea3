#include "server/accept_encoding.hpp"

#include "support/catch_shim.hpp"

using namespace mlserve::server;

TEST_CASE("A client gets gzip when it takes it and does not like the plain answer better",
          "[server]") {
  for (const char* header : {"gzip", "GZIP", "x-gzip", "gzip, deflate", "gzip, deflate, br, zstd",
                             "br;q=1.0, gzip;q=0.8", "*", "deflate, *;q=0.1", " gzip ; q=0.5 ",
                             "gzip;q=0.5, identity;q=0.5", "gzip;Q=0.001", "identity, gzip",
                             "gzip;q=nonsense", ",,gzip,,"}) {
    CAPTURE(header);
    CHECK(gzip_use(header) == GzipUse::where_it_pays);
  }
}

TEST_CASE("A client that does not take gzip gets the plain answer", "[server]") {
  for (const char* header :
       {"", "identity", "deflate", "br", "gzip;q=0", "gzip; q=0.000", "x-gzip;q=0, br", "*;q=0",
        "gzip;q=0, *", "identity, gzip;q=0.5", "gzip;q=0.2, *;q=0.3", "gzipped", "identity;q=0"}) {
    CAPTURE(header);
    CHECK(gzip_use(header) == GzipUse::never);
  }
}

TEST_CASE("A client may refuse the plain answer", "[server]") {
  for (const char* header :
       {"gzip, identity;q=0", "gzip;q=0.1, *;q=0", "*, identity;q=0", "identity;q=0.0, x-gzip"}) {
    CAPTURE(header);
    CHECK(gzip_use(header) == GzipUse::always);
  }
}

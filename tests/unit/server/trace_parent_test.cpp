#include "server/trace_parent.hpp"

#include <string>

#include "support/catch_shim.hpp"

using mlserve::server::is_trace_parent;
using mlserve::server::trace_id;

namespace {

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kParent = "00f067aa0ba902b7";

std::string trace_parent(const std::string& version, const std::string& trace = kTrace,
                         const std::string& parent = kParent, const std::string& flags = "01") {
  return version + "-" + trace + "-" + parent + "-" + flags;
}

}  // namespace

TEST_CASE("A trace parent of version 00 has four fields and nothing else", "[server]") {
  CHECK(is_trace_parent(trace_parent("00")));
  CHECK(is_trace_parent(trace_parent("00", kTrace, kParent, "ff")));
  CHECK_FALSE(is_trace_parent(""));
  CHECK_FALSE(is_trace_parent(trace_parent("00") + "-"));
  CHECK_FALSE(is_trace_parent(trace_parent("00") + "-what-the-future-will-be-like"));
  CHECK_FALSE(is_trace_parent(trace_parent("00") + " "));
  CHECK_FALSE(is_trace_parent(" " + trace_parent("00")));
  CHECK_FALSE(is_trace_parent(trace_parent("00").substr(0, 54)));
  CHECK_FALSE(is_trace_parent("00" + kTrace + kParent + "01"));
}

TEST_CASE("The fields of a trace parent are hexadecimal digits in lower case", "[server]") {
  CHECK_FALSE(is_trace_parent(trace_parent("0x")));
  CHECK_FALSE(is_trace_parent(trace_parent("00", "4BF92F3577B34DA6A3CE929D0E0E4736")));
  CHECK_FALSE(is_trace_parent(trace_parent("00", kTrace, "00f067aa0ba902bg")));
  CHECK_FALSE(is_trace_parent(trace_parent("00", kTrace, kParent, "0.")));
  for (const std::size_t at : {2, 35, 52}) {
    std::string other_hyphen = trace_parent("00");
    other_hyphen[at] = '_';
    CHECK_FALSE(is_trace_parent(other_hyphen));
  }
}

TEST_CASE("Ids of nothing but zeros make a trace parent invalid", "[server]") {
  CHECK_FALSE(is_trace_parent(trace_parent("00", std::string(32, '0'))));
  CHECK_FALSE(is_trace_parent(trace_parent("00", kTrace, std::string(16, '0'))));
}

TEST_CASE("A later version of a trace parent may go on after a hyphen, ff is none", "[server]") {
  CHECK(is_trace_parent(trace_parent("01")));
  CHECK(is_trace_parent(trace_parent("cc") + "-what-the-future-will-be-like"));
  CHECK_FALSE(is_trace_parent(trace_parent("cc") + ".what-the-future-will-be-like"));
  CHECK_FALSE(is_trace_parent(trace_parent("ff")));
}

TEST_CASE("The trace id is the second field of a trace parent", "[server]") {
  CHECK(trace_id(trace_parent("00")) == kTrace);
  CHECK(trace_id("").empty());
}

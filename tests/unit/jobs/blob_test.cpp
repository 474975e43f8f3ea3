#include "jobs/blob.hpp"

#include <optional>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "support/errors.hpp"
#include "support/job_bench.hpp"

using namespace mlserve;

namespace {

jobs::BlobSource source_of(const std::vector<std::string>& pieces,
                           std::optional<std::uint64_t> bytes = {}) {
  return jobs::BlobSource(
      [pieces](std::int64_t number) -> std::optional<std::string> {
        if (number >= static_cast<std::int64_t>(pieces.size())) return std::nullopt;
        return pieces[static_cast<std::size_t>(number)];
      },
      bytes);
}

std::string read_all(data::ByteSource& source, std::size_t step) {
  std::string text;
  std::string part(step, '\0');
  while (const std::size_t got = source.read(part.data(), step)) text.append(part, 0, got);
  return text;
}

}  // namespace

TEST_CASE("A blob is read across its pieces", "[jobs]") {
  for (const std::size_t step : {1, 3, 100}) {
    auto source = source_of({"abcd", "", "efg"}, 7);
    CHECK(read_all(source, step) == "abcdefg");
    CHECK(read_all(source, step).empty());
  }
  auto nothing = source_of({});
  CHECK(read_all(nothing, 5).empty());
}

TEST_CASE("A blob with fewer bytes than there should be is corrupt", "[jobs]") {
  auto source = source_of({"abcd"}, 5);
  CHECK(testing::error_kind_of([&] { read_all(source, 3); }) == ErrorKind::corrupt);
}

TEST_CASE("A result is kept in pieces of bounded size", "[jobs]") {
  testing::JobBench bench;
  testing::LogInMemory log;
  jobs::Outage outage(log.log);
  bench.submit_predict("[]");
  jobs::HeldJob held(*bench.store().jobs().claim({"w", make_uuid()}), outage);
  jobs::ResultSink sink(bench.store().jobs(), held);
  std::string text;
  for (int i = 0; i < 200'000; ++i) {
    const std::string line = "line " + std::to_string(i) + "\n";
    sink.write(line);
    text += line;
  }
  store::JobResult result;
  sink.hand_over(result);
  REQUIRE(bench.store().jobs().finish(held.attempt(), result));
  const store::Job job = bench.job(held.job().id);
  CHECK(bench.result(job) == text);
  CHECK(bench.store().jobs().read_piece(job.result, 0)->size() == store::kMaxPieceBytes);
  CHECK(read_all(*jobs::open_blob(bench.store().jobs(), job.result), 1 << 16) == text);
}

TEST_CASE("A result of a job that was cancelled is taken no longer", "[jobs]") {
  testing::JobBench bench;
  testing::LogInMemory log;
  jobs::Outage outage(log.log);
  const std::string id = bench.submit_predict("[]");
  jobs::HeldJob held(*bench.store().jobs().claim({"w", make_uuid()}), outage);
  jobs::ResultSink sink(bench.store().jobs(), held);
  sink.write("a");
  bench.store().jobs().cancel(id, std::chrono::hours(1));
  CHECK_THROWS_AS(sink.write(std::string(store::kMaxPieceBytes, 'b')), jobs::AttemptEnded);
  CHECK(held.ended() == jobs::HeldJob::End::lost);
}

#include "jobs/model_exchange.hpp"

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch_shim.hpp"

#include "model/model_file.hpp"
#include "support/errors.hpp"
#include "support/job_bench.hpp"

using namespace mlserve;

TEST_CASE("A published model is found by the checksum of its text", "[jobs]") {
  testing::JobBench bench;
  jobs::Publisher publisher(bench.store().models());
  jobs::ModelCache cache(bench.store().models());
  model::Model model = testing::small_model();
  const std::string checksum = publisher.publish(model);
  CHECK(checksum == model::checksum_in(model::to_text(model)));
  const auto found = cache.find(checksum);
  CHECK(model::to_text(*found) == model::to_text(model));
  CHECK(cache.find(checksum) == found);
  CHECK(testing::error_kind_of([&] { cache.find(std::string(64, '0')); }) == ErrorKind::not_found);

  // A file of an older version has another checksum than its text written anew.
  model.checksum = std::string(64, 'f');
  CHECK(publisher.publish(model) == checksum);
}

TEST_CASE("A model that was published a short time ago costs nothing", "[jobs]") {
  testing::JobBench bench;
  std::atomic<int> statements = 0;
  const auto store = bench.other([&](std::string_view) { ++statements; });
  model::Model model = testing::small_model();
  model.checksum = std::string(64, 'f');

  jobs::Publisher publisher(store->models());
  const std::string checksum = publisher.publish(model);
  const int once = statements;
  CHECK(once > 0);
  CHECK(publisher.publish(model) == checksum);
  CHECK(statements == once);
  publisher.forget();
  CHECK(publisher.publish(model) == checksum);
  CHECK(statements > once);

  jobs::Publisher forgetful(store->models(), std::chrono::milliseconds(0));
  forgetful.publish(model);
  const int before = statements;
  forgetful.publish(model);
  CHECK(statements > before);
}

TEST_CASE("The latest few models are kept", "[jobs]") {
  testing::JobBench bench;
  jobs::Publisher publisher(bench.store().models());
  jobs::ModelCache cache(bench.store().models());
  std::vector<std::string> checksums;
  for (std::size_t i = 0; i <= jobs::ModelCache::kKept; ++i) {
    model::Model model = testing::small_model();
    model.training.rows = 100 + i;
    checksums.push_back(publisher.publish(model));
  }
  const auto first = cache.find(checksums[0]);
  for (std::size_t i = 1; i < checksums.size() - 1; ++i) cache.find(checksums[i]);
  CHECK(cache.find(checksums[0]) == first);
  cache.find(checksums.back());  // takes the place of the second, which was used longest ago
  CHECK(cache.find(checksums[0]) == first);
}

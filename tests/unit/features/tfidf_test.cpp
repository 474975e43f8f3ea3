#include "features/tfidf.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "features/words.hpp"
#include "support/reference.hpp"

using mlserve::features::inverse_document_frequencies;
using mlserve::features::TermCount;
using mlserve::features::weigh;
using mlserve::features::words;
using mlserve::testing::read_reference;

namespace {

constexpr double kTolerance = 1e-12;

using Terms = std::vector<std::string>;

/// How often each of the sorted `terms` is in `text`.
std::vector<TermCount> count(const std::string& text, const Terms& terms) {
  std::map<std::uint32_t, std::uint32_t> counts;
  for (const std::string& word : words(text)) {
    const auto term = std::lower_bound(terms.begin(), terms.end(), word);
    REQUIRE((term != terms.end() && *term == word));
    ++counts[static_cast<std::uint32_t>(term - terms.begin())];
  }
  std::vector<TermCount> list;
  for (const auto& [term, times] : counts) list.push_back({term, times});
  return list;
}

}  // namespace

TEST_CASE("Inverse document frequencies are those of scikit-learn", "[features]") {
  const nlohmann::json expected = read_reference("text.json").at("tfidf");
  const std::vector<double> frequencies = expected.at("document_frequencies");
  const auto documents = static_cast<double>(expected.at("documents").size());
  const auto weights = inverse_document_frequencies(frequencies, documents);
  const auto& by_sklearn = expected.at("inverse_document_frequencies");
  REQUIRE(weights.size() == by_sklearn.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    CHECK(weights[i] == Approx(by_sklearn[i].get<double>()).epsilon(kTolerance));
  }
}

TEST_CASE("TF-IDF values of texts are those of scikit-learn", "[features]") {
  const nlohmann::json expected = read_reference("text.json").at("tfidf");
  const Terms terms = expected.at("terms");
  const std::vector<double> weights = expected.at("inverse_document_frequencies");
  CHECK(std::is_sorted(terms.begin(), terms.end()));
  std::vector<double> values;
  for (std::size_t row = 0; row < expected.at("documents").size(); ++row) {
    const auto counts = count(expected.at("documents")[row], terms);
    weigh(counts, weights, values);
    REQUIRE(values.size() == counts.size());
    REQUIRE(values.size() == expected.at("values")[row].size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string& term = terms[counts[i].term];
      CAPTURE(row, term);
      CHECK(counts[i].count == expected.at("counts")[row].at(term).get<std::uint32_t>());
      const double by_sklearn = expected.at("values")[row].at(term);
      CHECK(values[i] == Approx(by_sklearn).epsilon(kTolerance));
    }
  }
}

TEST_CASE("A term that no document has is worth nothing", "[features]") {
  const std::vector<double> frequencies = {0, 2};
  const auto weights = inverse_document_frequencies(frequencies, 2);
  CHECK(weights == std::vector<double>{0, 1});
  std::vector<double> values = {9, 9, 9};
  weigh(std::vector<TermCount>{{0, 5}, {1, 3}}, weights, values);
  CHECK(values == std::vector<double>{0, 1});
  weigh(std::vector<TermCount>{{0, 5}}, weights, values);
  CHECK(values == std::vector<double>{0});
  weigh({}, weights, values);
  CHECK(values.empty());
}

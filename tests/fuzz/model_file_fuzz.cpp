// Model files as anyone may write them: as they are, and with the checksum set right, so that what
// stands behind it is reached. Refused as corrupt, or a model that writes and reads itself again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/sha256.hpp"
#include "model/model_file.hpp"
#include "model/scorer.hpp"

namespace {

using namespace mlserve;

constexpr std::string_view kPrefix = "sha256:";
constexpr std::size_t kDigits = 64;

/// `text` with the checksum that FORMAT.md asks for, where there is room for one.
std::string with_checksum(std::string text) {
  const std::size_t begin = text.find(kPrefix) + kPrefix.size();
  if (begin < kPrefix.size() || text.size() < begin + kDigits) return text;
  text.replace(begin, kDigits, kDigits, '0');
  return text.replace(begin, kDigits, sha256_hex(text));
}

std::optional<model::Model> read(const std::string& text) {
  try {
    return model::from_text(text, "m.json");
  } catch (const Error& error) {
    const std::string_view message = error.what();
    if (error.kind() != ErrorKind::corrupt || message.find('\n') != std::string_view::npos) {
      std::abort();
    }
    return std::nullopt;
  }
}

void use(const model::Model& model) {
  features::EncodedRows rows(model.schema);
  rows.append_missing();
  model::Scores scores;
  model::Explanation explanation;
  const model::Scorer scorer(model);
  scorer.score(rows, scores);
  scorer.label(scores.row(0));
  scorer.explain(rows, explanation);
  const std::string text = model::to_text(model);
  if (model::to_text(model::from_text(text, "again")) != text) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  read(text);
  if (const auto model = read(with_checksum(text))) use(*model);
  return 0;
}

#include "model/model_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/sha256.hpp"
#include "core/text.hpp"
#include "features/json_rows.hpp"
#include "model/bounded_json.hpp"
#include "model/bundle_file.hpp"
#include "model/model_json.hpp"
#include "model/scorer.hpp"

namespace mlserve::model {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxFileBytes = std::size_t{256} << 20;
constexpr int kMaxDepth = 16;
constexpr double kGoldenTolerance = 1e-12;

/// Where the digits of the checksum stand in the text of a model file, or npos.
std::size_t find_digest(const std::string& text) {
  const std::size_t prefix = text.find(kChecksumPrefix);
  if (prefix == std::string::npos) return prefix;
  const std::size_t begin = prefix + kChecksumPrefix.size();
  return text.size() - begin < kDigestDigits ? std::string::npos : begin;
}

/// The checksum is taken over the file with zeros in its own place.
std::string digest_of(std::string text, std::size_t digest_begin) {
  text.replace(digest_begin, kDigestDigits, kDigestDigits, '0');
  return sha256_hex(text);
}

// Reading. A file that says something else than it should is corrupt; `require` names the rule.

class FileReader {
 public:
  explicit FileReader(const std::string& name) : name_(name) {}

  Model read(const std::string& text) {
    Json json = parse(text);
    check_header(json, text);
    Model model;
    try {
      const std::string digest = json.at("checksum").get<std::string>();
      model = model_from_json(std::move(json));
      model.checksum = digest.substr(kChecksumPrefix.size());
    } catch (const Json::exception& error) {
      throw corrupt(std::string("is not a valid model: ") + without_code(error.what()));
    } catch (const Error& error) {
      throw corrupt(std::string("is not a valid model: ") + error.what());
    }
    rescore_golden_rows(model);
    return model;
  }

 private:
  Error corrupt(const std::string& message) const {
    return Error(ErrorKind::corrupt, name_ + ": " + message);
  }
  void require(bool rule, const std::string& message) const {
    if (!rule) throw corrupt("is not a valid model: " + message);
  }

  /// nlohmann's messages begin with a code: "[json.exception.type_error.302] ".
  static std::string without_code(const std::string& message) {
    const std::size_t end = message.find("] ");
    return end == std::string::npos ? message : message.substr(end + 2);
  }

  Json parse(const std::string& text) const {
    if (text.find('\0') != std::string::npos)
      throw corrupt("is not a mlserve model: it has NUL bytes");
    try {
      return parse_bounded<Json>(text, kMaxDepth);
    } catch (const Error& error) {
      throw corrupt(std::string("is not a mlserve model: ") + error.what());
    } catch (const Json::parse_error& error) {
      const auto upto =
          text.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, text.size()));
      const auto line = std::count(text.begin(), upto, '\n') + 1;
      const bool cut = error.byte >= text.size();
      throw Error(ErrorKind::corrupt, name_ + ":" + std::to_string(line) +
                                          ": is not a mlserve model: " +
                                          (cut ? "the JSON text is cut short" : "not JSON"));
    } catch (const Json::out_of_range&) {
      throw corrupt("is not a mlserve model: it has a number beyond the range of double");
    }
  }

  void check_header(const Json& json, const std::string& text) const {
    if (!json.is_object() || json.value("format", Json()) != kFormat) {
      throw corrupt("is not a mlserve model: it has no \"format\": \"" + std::string(kFormat) +
                    "\"");
    }
    const Json version = json.value("format_version", Json());
    if (!version.is_number_integer() || version < 1) throw corrupt("has no format_version");
    if (version > kFormatVersion) {
      throw corrupt("was written by a newer mlserve: format version " + version.dump() +
                    ", this program reads up to " + std::to_string(kFormatVersion));
    }
    const std::size_t digest = find_digest(text);
    const std::string stated = json.value("checksum", Json("")).dump();
    if (digest == std::string::npos ||
        stated != "\"" + std::string(kChecksumPrefix) + digest_of(text, digest) + "\"") {
      throw corrupt("its checksum does not match: the file was edited or damaged; train it again");
    }
  }

  void rescore_golden_rows(const Model& model) const {
    features::JsonRowParser parser(model.schema);
    const Scorer scorer(model);
    Scores scores;
    for (std::size_t i = 0; i < model.golden_rows.size(); ++i) {
      features::ParsedRows parsed;
      parsed.start(model.schema);
      parser.parse(model.golden_rows[i].record, parsed);
      require(parsed.problems.empty() && parsed.rows.size() == 1,
              "golden row " + std::to_string(i + 1) + " does not fit the features");
      scorer.score(parsed.rows, scores);
      const bool same = std::equal(
          scores.values.begin(), scores.values.end(), model.golden_rows[i].scores.begin(),
          model.golden_rows[i].scores.end(), [](double score, double expected) {
            return std::abs(score - expected) <= kGoldenTolerance * std::abs(expected);
          });
      require(same,
              "golden row " + std::to_string(i + 1) + " does not score as it did in training");
    }
  }

  const std::string& name_;
};

}  // namespace

std::string to_text(const Model& model) {
  std::string text = model_to_json(model).dump(1) + "\n";
  const std::size_t digest = find_digest(text);
  text.replace(digest, kDigestDigits, digest_of(text, digest));
  return text;
}

std::string checksum_in(const std::string& text) {
  return text.substr(find_digest(text), kDigestDigits);
}

Model from_text(const std::string& text, const std::string& name) {
  return FileReader(name).read(text);
}

std::string save(const Model& model, const std::string& path) {
  const std::string text = to_text(model);
  if (text.size() > kMaxFileBytes) {
    throw Error(ErrorKind::invalid_data, path + ": the model would be larger than " +
                                             std::to_string(kMaxFileBytes >> 20U) +
                                             " MiB; leave columns out with --exclude");
  }
  write_file(path, text);
  return checksum_in(text);
}

Model load(const std::string& path) {
  const std::optional<std::string> bundled = bundled_model(path);
  return from_text(bundled ? *bundled : read_file(path, kMaxFileBytes), path);
}

}  // namespace mlserve::model

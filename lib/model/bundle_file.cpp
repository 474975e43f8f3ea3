#include "model/bundle_file.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "core/error.hpp"

namespace mlserve::model {
namespace {

constexpr std::string_view kMark = "mlserve bundle 1";
constexpr std::size_t kSizeBytes = 8;
constexpr std::size_t kEndBytes = kSizeBytes + kMark.size();

std::string end_of(std::uint64_t text_bytes) {
  std::string end;
  for (std::size_t i = 0; i < kSizeBytes; ++i)
    end += static_cast<char>((text_bytes >> (8 * i)) & 0xFFU);
  return end.append(kMark);
}

/// How many bytes of text stand before the last ones of a file, if these are those of a bundle.
std::optional<std::uint64_t> text_bytes(std::string_view end) {
  if (end.size() != kEndBytes || !end.ends_with(kMark)) return std::nullopt;
  std::uint64_t bytes = 0;
  for (std::size_t i = kSizeBytes; i-- > 0;)
    bytes = bytes << 8U | static_cast<unsigned char>(end[i]);
  return bytes;
}

/// A file that may be a bundle.
struct Candidate {
  std::ifstream file;
  std::uint64_t bytes = 0;                  ///< before the end of a bundle
  std::optional<std::uint64_t> text_bytes;  ///< none: it is no bundle
};

Candidate look_at(const std::string& path) {
  Candidate candidate;
  std::error_code not_there;
  if (!std::filesystem::is_regular_file(path, not_there)) return candidate;
  const std::uint64_t bytes = std::filesystem::file_size(path, not_there);
  if (not_there || bytes < kEndBytes) return candidate;
  candidate.bytes = bytes - kEndBytes;
  candidate.file.open(path, std::ios::binary);
  std::array<char, kEndBytes> end{};
  candidate.file.seekg(static_cast<std::streamoff>(candidate.bytes));
  if (candidate.file.read(end.data(), end.size()))
    candidate.text_bytes = text_bytes({end.data(), end.size()});
  return candidate;
}

}  // namespace

std::string make_bundle(std::string_view program, std::string_view model_text) {
  if (program.size() >= kEndBytes) {
    const std::size_t end = program.size() - kEndBytes;
    const auto old_text = text_bytes(program.substr(end));
    if (old_text && *old_text <= end) program = program.substr(0, end - *old_text);
  }
  std::string bundle(program);
  return bundle.append(model_text).append(end_of(model_text.size()));
}

std::optional<std::string> bundled_model(const std::string& path) {
  Candidate candidate = look_at(path);
  if (!candidate.text_bytes) return std::nullopt;
  const std::uint64_t size = *candidate.text_bytes;
  std::string text;
  if (size <= candidate.bytes) {
    text.resize(size);
    candidate.file.seekg(static_cast<std::streamoff>(candidate.bytes - size));
    candidate.file.read(text.data(), static_cast<std::streamsize>(size));
  }
  if (size > candidate.bytes || !candidate.file)
    throw Error(ErrorKind::corrupt, path + ": the model in it is cut short");
  return text;
}

bool is_bundle(const std::string& path) { return look_at(path).text_bytes.has_value(); }

}  // namespace mlserve::model

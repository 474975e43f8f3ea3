#include "core/timestamp.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace mlserve {

std::string timestamp(std::chrono::system_clock::time_point time) {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  const auto since_epoch = std::chrono::floor<milliseconds>(time.time_since_epoch());
  const auto whole = std::chrono::floor<seconds>(since_epoch);
  const std::time_t epoch_seconds = whole.count();
  const auto fraction = static_cast<int>((since_epoch - whole).count());
  std::tm parts{};
  gmtime_r(&epoch_seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%FT%T", &parts);
  std::snprintf(text.data() + size, text.size() - size, ".%03dZ", fraction);
  return text.data();
}

}  // namespace mlserve

#include "server/process_metrics.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

#include "core/version.hpp"

namespace mlserve::server {
namespace {

/// Of /proc/self/stat (proc(5)), behind the name of the program, which may hold anything.
struct ProcessStat {
  double cpu_seconds = 0;
  double threads = 0;
  double start_seconds = 0;  ///< since the system started
  double virtual_bytes = 0;
  double resident_bytes = 0;
};

std::optional<ProcessStat> read_stat() {
  std::ifstream file("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  constexpr int kFirst = 3;  // of the fields, which proc(5) counts from 1
  constexpr int kLast = 24;
  double values[kLast + 1] = {};
  std::string state;
  fields >> state;
  for (int i = kFirst + 1; i <= kLast; ++i) fields >> values[i];
  if (!fields) return std::nullopt;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  return ProcessStat{(values[14] + values[15]) / ticks, values[20], values[22] / ticks, values[23],
                     values[24] * page};
}

/// Seconds from 1970 to the start of the system.
std::optional<double> system_start() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    double seconds = 0;
    if (line.starts_with("btime ") && std::istringstream(line.substr(6)) >> seconds) return seconds;
  }
  return std::nullopt;
}

std::optional<double> open_files() {
  std::error_code error;
  double entries = -1;  // one of them reads the folder
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end;
       !error && entry != end; entry.increment(error)) {
    ++entries;
  }
  return error ? std::nullopt : std::optional(entries);
}

std::optional<double> most_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

void collect_stat(std::vector<MetricFamily>& families, const ProcessStat& stat) {
  families.push_back(single_counter(
      "process_cpu_seconds", "Processor time of the process, user and system.", stat.cpu_seconds));
  families.push_back(single_gauge("process_resident_memory_bytes",
                                  "Memory of the process that is in RAM.", stat.resident_bytes));
  families.push_back(single_gauge("process_virtual_memory_bytes", "Address space of the process.",
                                  stat.virtual_bytes));
  families.push_back(single_gauge("process_threads", "Threads of the process.", stat.threads));
  if (const std::optional<double> start = system_start()) {
    families.push_back(single_gauge("process_start_time_seconds",
                                    "When the process started, in seconds since 1970.",
                                    *start + stat.start_seconds));
  }
}

}  // namespace

void collect_process(std::vector<MetricFamily>& families) {
  if (const auto stat = read_stat()) collect_stat(families, *stat);
  if (const auto files = open_files()) {
    families.push_back(single_gauge("process_open_fds", "Open file descriptors.", *files));
  }
  if (const auto files = most_files()) {
    families.push_back(
        single_gauge("process_max_fds", "File descriptors that may be open.", *files));
  }
  MetricFamily build{"mlserve_build", MetricKind::info, "The build of mlserve that runs.", {}};
  build.samples.push_back({{{"version", std::string(kVersion)}, {"compiler", __VERSION__}}, 1});
  families.push_back(std::move(build));
}

}  // namespace mlserve::server

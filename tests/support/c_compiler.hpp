#pragma once

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "support/catch_shim.hpp"

#include "core/atomic_file.hpp"
#include "support/temporary_folder.hpp"

namespace mlserve::testing {

inline bool is_program(const std::string& name) {
  return std::system(("command -v " + name + " > /dev/null 2>&1").c_str()) == 0;
}

/// Those of these compilers with their flags that are on the machine; a warning is a failure.
inline std::vector<std::string> present(
    const std::vector<std::pair<std::string, std::string>>& ways) {
  std::vector<std::string> commands;
  for (const auto& [compiler, flags] : ways) {
    if (!is_program(compiler)) continue;
    commands.push_back(compiler);
    commands.back().append(" ").append(flags).append(" -Wall -Wextra -Werror -pedantic");
  }
  REQUIRE_FALSE(commands.empty());
  return commands;
}

inline std::string clang() { return is_program("clang") ? "clang" : "clang-14"; }

/// How a C file may be compiled; as C++ last.
inline std::vector<std::string> c_compilers() {
  return present({{"cc", "-std=c99"},
                  {"cc", "-std=gnu11 -O3 -march=native"},
                  {clang(), "-std=c99"},
                  {clang(), "-std=gnu11 -O3 -march=native"},
                  {"g++", "-x c++ -std=c++11"}});
}

/// Files by name, compiled in one folder.
using Files = std::vector<std::pair<std::string, std::string>>;

/// Compiles the first of `files` and returns what the program prints, fed with `input`. The test
/// fails when anything does.
inline std::string compile_and_run(const std::string& compiler, const Files& files,
                                   const std::string& input = {}) {
  const TemporaryFolder folder;
  for (const auto& [name, content] : files) write_file(folder.file(name), content);
  write_file(folder.file("input"), input);
  const std::string command = "cd '" + folder.path().string() + "' && { " + compiler + " " +
                              files.front().first +
                              " -o program -lm && ./program < input > answers; } 2> errors";
  const bool done = std::system(command.c_str()) == 0;
  constexpr std::size_t kMost = 1 << 28;
  if (!done) FAIL(compiler << "\n" << read_file(folder.file("errors"), kMost));
  return read_file(folder.file("answers"), kMost);
}

}  // namespace mlserve::testing

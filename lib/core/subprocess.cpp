#include "core/subprocess.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <spawn.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "core/descriptor.hpp"
#include "core/error.hpp"
#include "core/signal_hold.hpp"

namespace mlserve {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSignalBase = 128;

/// Our end of a stream of the child's, and the child's.
struct Ends {
  Descriptor ours;
  Descriptor childs;
};

/// A pair of sockets, not a pipe: a child that does not read its input must not end us by SIGPIPE.
Ends stream() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw system_error(ErrorKind::internal, "cannot make a pair of sockets", errno);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// The environment without our own settings, which are not for the programs we run.
std::vector<char*> foreign_variables() {
  std::vector<char*> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("MLSERVE_")) variables.push_back(*variable);
  }
  variables.push_back(nullptr);
  return variables;
}

/// What posix_spawn wants to know; freed in the end.
class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    sigset_t changed;
    sigemptyset(&changed);
    sigaddset(&changed, SIGPIPE);
    sigaddset(&changed, SIGXFSZ);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &changed);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  void stand_for(const Descriptor& descriptor, int number) {
    ::posix_spawn_file_actions_adddup2(&actions_, descriptor.get(), number);
  }
  void enter(const std::string& folder) {
    ::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
  }

  /// In a process group of its own, so that it can be killed with its children.
  pid_t start(const std::vector<std::string>& command) const {
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    std::vector<char*> variables = foreign_variables();
    pid_t child = -1;
    const int failure = ::posix_spawn(&child, command.front().c_str(), &actions_, &attributes_,
                                      arguments.data(), variables.data());
    if (failure != 0)
      throw system_error(ErrorKind::unavailable, "cannot run " + command.front(), failure);
    return child;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// A running child; killed with its group unless it was waited for.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {}
  ~Child() {
    if (id_ <= 0) return;
    ::kill(-id_, SIGKILL);
    wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int wait() {
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
    }
    id_ = -1;
    return WIFSIGNALED(status) ? kSignalBase + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  pid_t id_;
};

/// Can be read as soon as a signal has come that a SignalHold of this thread holds back.
Descriptor held_signals() {
  sigset_t held;
  pthread_sigmask(SIG_BLOCK, nullptr, &held);
  sigset_t watched;
  const sigset_t known = SignalHold::signals();
  sigandset(&watched, &held, &known);
  return Descriptor(::signalfd(-1, &watched, SFD_CLOEXEC));
}

/// Feeds a child and takes what it writes until it has closed its output and errors.
class Conversation {
 public:
  Conversation(Descriptor input, Descriptor output, Descriptor errors, std::string_view to_send)
      : input_(std::move(input)),
        output_(std::move(output)),
        errors_(std::move(errors)),
        to_send_(to_send) {
    if (to_send_.empty()) input_.close();
  }

  /// False when `end` came first.
  bool run(Clock::time_point end, ProcessResult& result) {
    while (output_ || errors_) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
      if (left.count() <= 0) return false;
      std::array<pollfd, 4> ready = {{{input_.get(), POLLOUT, 0},
                                      {output_.get(), POLLIN, 0},
                                      {errors_.get(), POLLIN, 0},
                                      {signals_.get(), POLLIN, 0}}};
      if (::poll(ready.data(), ready.size(), static_cast<int>(left.count())) < 0) {
        if (errno == EINTR) continue;
        throw system_error(ErrorKind::internal, "cannot wait for a program", errno);
      }
      if (ready[3].revents != 0) throw Error(ErrorKind::conflict, "interrupted");
      if (ready[0].revents != 0) send();
      if (ready[1].revents != 0) take(output_, result.output);
      if (ready[2].revents != 0) take(errors_, result.errors);
    }
    return true;
  }

 private:
  void send() {
    const ssize_t sent =
        ::send(input_.get(), to_send_.data(), to_send_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EINTR || errno == EAGAIN)) return;
    // A child need not read all that it is given.
    to_send_.remove_prefix(sent < 0 ? to_send_.size() : static_cast<std::size_t>(sent));
    if (to_send_.empty()) input_.close();
  }

  static void take(Descriptor& from, std::string& to) {
    std::array<char, 1 << 16> buffer;
    const ssize_t size = ::recv(from.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (size <= 0) {
      from.close();
    } else {
      to.append(buffer.data(), static_cast<std::size_t>(size));
    }
  }

  Descriptor input_;
  Descriptor output_;
  Descriptor errors_;
  Descriptor signals_ = held_signals();
  std::string_view to_send_;
};

}  // namespace

ProcessResult run_process(const std::vector<std::string>& command, std::string_view input,
                          std::chrono::seconds time_limit, const std::string& folder) {
  const Clock::time_point end = Clock::now() + time_limit;
  Ends to_child = stream();
  Ends output = stream();
  Ends errors = stream();
  SpawnPlan plan;
  plan.stand_for(to_child.childs, STDIN_FILENO);
  plan.stand_for(output.childs, STDOUT_FILENO);
  plan.stand_for(errors.childs, STDERR_FILENO);
  if (!folder.empty()) plan.enter(folder);
  Child child(plan.start(command));
  for (Ends* ends : {&to_child, &output, &errors}) ends->childs.close();
  ProcessResult result;
  Conversation conversation(std::move(to_child.ours), std::move(output.ours),
                            std::move(errors.ours), input);
  if (!conversation.run(end, result)) {
    throw Error(ErrorKind::unavailable, command.front() + " does not end within " +
                                            std::to_string(time_limit.count()) + " s");
  }
  result.status = child.wait();
  return result;
}

std::optional<std::string> find_program(std::string_view name) {
  const char* const path = std::getenv("PATH");
  std::string_view folders = path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
  while (!folders.empty()) {
    const std::string_view folder = folders.substr(0, folders.find(':'));
    folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
    // An empty entry means the folder one happens to be in, from which nothing should be run.
    if (folder.empty()) continue;
    const std::filesystem::path file = std::filesystem::path(folder) / name;
    std::error_code not_there;
    if (std::filesystem::is_regular_file(file, not_there) && ::access(file.c_str(), X_OK) == 0)
      return std::filesystem::absolute(file).string();
  }
  return std::nullopt;
}

}  // namespace mlserve

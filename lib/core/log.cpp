#include "core/log.hpp"

#include <array>
#include <atomic>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <utility>

#include "core/block_signals.hpp"
#include "core/error.hpp"
#include "core/line_file.hpp"

namespace mlserve {
namespace {

constexpr mode_t kFileMode = 0640;  // who asked for what is not everybody's business

/// The line that says how many lines are missing comes at most so often.
constexpr std::chrono::seconds kSilence{1};

spdlog::level::level_enum level_of(LogLevel level) {
  constexpr std::array kLevels = {spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                                  spdlog::level::err, spdlog::level::off};
  return kLevels[static_cast<std::size_t>(level)];
}

/// Writes lines as they are, and now and then how many are missing.
class Sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  Sink(LineFile& file, LogFormat format) : file_(file), format_(format) {}

  /// The pool whose thread calls, from now on; it outlives the calls.
  void use(spdlog::details::thread_pool& pool) { pool_ = &pool; }

  /// To be called by that thread when all lines are written.
  void end() {
    silent_until_ = {};
    tell_left_out();
  }

  /// Counts a line that never came here.
  void leave_out() noexcept { ++left_out_; }
  std::uint64_t left_out() const {
    return left_out_ + (pool_ == nullptr ? 0 : pool_->overrun_counter());
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& line) override {
    tell_left_out();
    if (!file_.write({line.payload.data(), line.payload.size()})) leave_out();
  }
  void flush_() override {}

 private:
  void tell_left_out() {
    const std::uint64_t missing = left_out() - told_;
    const auto now = std::chrono::steady_clock::now();
    if (missing == 0 || now < silent_until_) return;
    const std::string count = std::to_string(missing);
    const LogField lines{"lines", count, LogField::Kind::number};
    silent_until_ = now + kSilence;
    if (file_.write(log_line(format_, LogLevel::warning, "log lines were left out", {&lines, 1})))
      told_ += missing;
  }

  LineFile& file_;
  const LogFormat format_;
  spdlog::details::thread_pool* pool_ = nullptr;
  std::atomic<std::uint64_t> left_out_ = 0;
  std::uint64_t told_ = 0;  ///< of those
  std::chrono::steady_clock::time_point silent_until_{};
};

}  // namespace

class Log::Impl {
 public:
  Impl(std::unique_ptr<LineFile> file, LogLevel least, LogFormat format)
      : file_(std::move(file)),
        format_(format),
        sink_(std::make_shared<Sink>(*file_, format)),
        logger_(std::make_shared<spdlog::logger>(std::string(), sink_)) {
    logger_->set_level(level_of(least));
  }

  ~Impl() {
    if (!pool_) return;
    file_->wait_until(std::chrono::steady_clock::now() + options_.end);
    pool_.reset();  // its thread writes what waits
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void write_behind(WriteBehind options) {
    options_ = options;
    pool_ = std::make_shared<spdlog::details::thread_pool>(options.lines, 1, block_signals,
                                                           [this] { sink_->end(); });
    sink_->use(*pool_);
    const auto behind = std::make_shared<spdlog::async_logger>(
        std::string(), sink_, pool_, spdlog::async_overflow_policy::overrun_oldest);
    behind->set_level(logger_->level());
    logger_ = behind;
  }

  void write(LogLevel level, std::string_view message, std::span<const LogField> fields) {
    if (!shows(level)) return;
    const std::string line = log_line(format_, level, message, fields);
    logger_->log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
  }

  bool shows(LogLevel level) const { return logger_->should_log(level_of(level)); }
  bool has_room() const { return !pool_ || pool_->queue_size() < options_.lines / 4 * 3; }

  LogFormat format() const noexcept { return format_; }
  LineFile& file() { return *file_; }
  Sink& sink() { return *sink_; }

 private:
  std::unique_ptr<LineFile> file_;
  const LogFormat format_;
  WriteBehind options_;
  std::shared_ptr<Sink> sink_;
  std::shared_ptr<spdlog::details::thread_pool> pool_;  ///< null: whoever logs writes
  std::shared_ptr<spdlog::logger> logger_;
};

Log::Log(std::FILE* stream, LogLevel least, LogFormat format)
    : impl_(std::make_unique<Impl>(std::make_unique<LineFile>(stream), least, format)) {}

Log::Log(const std::string& path, LogLevel least, LogFormat format)
    : impl_(std::make_unique<Impl>(std::make_unique<LineFile>(path, kFileMode), least, format)) {}

Log::~Log() = default;

bool Log::shows(LogLevel level) const { return impl_->shows(level); }

LogFormat Log::format() const noexcept { return impl_->format(); }

void Log::write(LogLevel level, std::string_view message, std::span<const LogField> fields) {
  impl_->write(level, message, fields);
}

void Log::bulk(std::string_view message, std::span<const LogField> fields) {
  if (!shows(LogLevel::info)) return;
  if (impl_->has_room()) {
    impl_->write(LogLevel::info, message, fields);
  } else {
    leave_out();
  }
}

void Log::leave_out() noexcept { impl_->sink().leave_out(); }

void Log::write_behind(WriteBehind options) { impl_->write_behind(options); }

void Log::reopen() {
  try {
    if (impl_->file().reopen()) info("log file opened anew");
  } catch (const Error& why) {
    error(std::string("the log file was not opened anew, the old one goes on: ") + why.what());
  }
}

std::uint64_t Log::left_out() const { return impl_->sink().left_out(); }

}  // namespace mlserve

#include "server/long_poll.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "server/problem.hpp"

namespace mlserve::server {
namespace {

using std::chrono::steady_clock;
using Occasion = LongPoll::Occasion;

/// How long the last look may take, which begins when the time is over.
constexpr std::chrono::seconds kLastLook{5};

/// When the executor has no room for a look.
constexpr std::chrono::milliseconds kSoon{100};

/// One waiting client. Its connection owns it; alarm and timer just know it.
class Poll : public std::enable_shared_from_this<Poll> {
 public:
  Poll(Executor& executor, LongPoll poll) : executor_(executor), poll_(std::move(poll)) {}

  /// Once, before anything else.
  void begin(Waker waker) {
    waker_ = std::move(waker);
    const std::weak_ptr<Poll> self = weak_from_this();
    subscription_ = poll_.subscribe([self] {
      if (const auto poll = self.lock()) poll->alarm();
    });
    post(Occasion::begin);
    executor_.post_at(poll_.until, [self] {
      if (const auto poll = self.lock()) poll->look(Occasion::time);
    });
  }

  Response answer() {
    const std::lock_guard lock(mutex_);
    if (latest_) return std::move(*latest_);
    Response response = problem(503, "", "the store did not answer in time");
    response.headers.emplace_back("Retry-After", "1");
    return response;
  }

 private:
  // One look is news enough of any number of alarms before it.
  void alarm() {
    if (!alarmed_.exchange(true)) post(Occasion::alarm);
  }

  void post(Occasion occasion) {
    const std::weak_ptr<Poll> self = weak_from_this();
    const auto task = [self, occasion] {
      if (const auto poll = self.lock()) poll->look(occasion);
    };
    if (!executor_.post(task)) executor_.post_at(steady_clock::now() + kSoon, task);
  }

  // An older look never takes the place of a final one.
  void look(Occasion occasion) {
    if (occasion == Occasion::alarm) alarmed_ = false;  // what comes now may be missed by the look
    if (is_final()) return;
    LongPoll::Look seen = poll_.look(occasion);
    const bool final = seen.final || occasion == Occasion::time;
    {
      const std::lock_guard lock(mutex_);
      if (final_) return;
      latest_ = std::move(seen.response);
      final_ = final;
    }
    if (final) waker_.wake();
  }

  bool is_final() {
    const std::lock_guard lock(mutex_);
    return final_;
  }

  Executor& executor_;
  const LongPoll poll_;
  Waker waker_;
  JobWatch::Subscription subscription_;
  std::atomic<bool> alarmed_ = false;  ///< a look is on its way
  std::mutex mutex_;                   ///< guards latest_ and final_
  std::optional<Response> latest_;
  bool final_ = false;
};

}  // namespace

Outcome long_poll(Executor& executor, LongPoll poll) {
  const SteadyTime until = poll.until + kLastLook;
  const auto shared = std::make_shared<Poll>(executor, std::move(poll));
  return Parked{until, [shared](Waker waker) { shared->begin(std::move(waker)); },
                [shared] { return shared->answer(); }, AtStop::answer};
}

}  // namespace mlserve::server

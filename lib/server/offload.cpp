#include "server/offload.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "server/problem.hpp"

namespace mlserve::server {
namespace {

/// What the thread that works and the connection that waits for it share.
class OffloadedWork {
 public:
  OffloadedWork(Request request, ByteBudget::Share memory,
                std::function<Response(const Request&)> work)
      : asked_{std::move(request), std::move(memory)}, work_(std::move(work)) {}

  /// On the executor, once: makes the answer and wakes the connection.
  void run() {
    Response response = respond();
    Waker waker;
    {
      const std::lock_guard lock(mutex_);
      response_ = std::move(response);
      waker = waker_;
    }
    waker.wake();
  }

  void subscribe(Waker waker) {
    {
      const std::lock_guard lock(mutex_);
      if (!response_) {
        waker_ = std::move(waker);
        return;
      }
    }
    waker.wake();
  }

  /// The answer, or word that it has not come by the deadline. Called once.
  Response answer() {
    const std::lock_guard lock(mutex_);
    if (response_) return std::move(*response_);
    return problem(504, "", "the request was not answered in time");
  }

 private:
  struct Asked {
    Request request;
    ByteBudget::Share memory;
  };

  // The request goes with its work: a client that is slow to take the answer keeps none of it.
  Response respond() {
    const Asked asked = std::move(asked_);
    try {
      return work_(asked.request);
    } catch (...) {  // work maps its errors itself: what escapes is our mistake
      return problem(500, "", "the server has made a mistake");
    }
  }

  Asked asked_;
  const std::function<Response(const Request&)> work_;
  std::mutex mutex_;
  Waker waker_;
  std::optional<Response> response_;
};

Response too_busy() {
  Response response = problem(503, "", "too many requests wait to be worked on");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace

Outcome offload(Executor& executor, Request request, std::function<Response(const Request&)> work) {
  auto memory = executor.request_memory().take(request.memory_bytes());
  if (!memory) return too_busy();
  const SteadyTime deadline = request.deadline;
  const auto shared =
      std::make_shared<OffloadedWork>(std::move(request), *std::move(memory), std::move(work));
  // The connection alone keeps work that has not begun: there is none to do when it is gone.
  const std::weak_ptr<OffloadedWork> waiting = shared;
  const bool taken = executor.post([waiting] {
    if (const auto wanted = waiting.lock()) wanted->run();
  });
  if (!taken) return too_busy();
  return Parked{deadline, [shared](Waker waker) { shared->subscribe(std::move(waker)); },
                [shared] { return shared->answer(); }, AtStop::wait};
}

}  // namespace mlserve::server

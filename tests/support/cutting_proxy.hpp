#pragma once

#include <atomic>
#include <filesystem>
#include <list>
#include <string>
#include <thread>

#include "core/descriptor.hpp"

namespace mlserve::testing {

/// Stands between a client and a PostgreSQL server, passes on what they say and can lose what the
/// server says of a commit.
class CuttingProxy {
 public:
  /// Listens in `folder` for the server whose socket is in `server_folder`; while there is none,
  /// it hangs up on whoever comes.
  CuttingProxy(const std::filesystem::path& folder, const std::filesystem::path& server_folder);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  /// The next time that the server says "committed", both are hung up on instead.
  void cut_at_commit() { armed_ = true; }
  /// How many clients have come.
  int accepted() const { return accepted_; }

 private:
  void accept();
  void relay(Descriptor client);

  const std::filesystem::path server_;
  Descriptor listener_;
  std::atomic<bool> armed_ = false;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> accepted_ = 0;
  std::list<std::thread> relays_;  // of the accepting thread until it has ended
  std::thread acceptor_;
};

}  // namespace mlserve::testing

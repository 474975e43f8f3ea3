#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "store/database.hpp"

namespace mlserve::testing {

/// What a hook is told instead of a statement when a write has been committed.
inline constexpr std::string_view kCommitted = "(committed)";

/// A database before whose statements, and behind whose commits, a test has its say: it may wait,
/// or throw.
class ControlledDatabase : public store::Database {
 public:
  /// Called with each statement, or kCommitted, on the thread that runs it.
  using Hook = std::function<void(std::string_view sql)>;

  ControlledDatabase(std::unique_ptr<store::Database> inner, Hook hook)
      : inner_(std::move(inner)), hook_(std::move(hook)) {}

  bool exists() const override { return inner_->exists(); }
  std::string name() const override { return inner_->name(); }
  void watch(store::ChangeListener listener) override { inner_->watch(std::move(listener)); }
  void stop_watching() override { inner_->stop_watching(); }
  void give_back_space() override { inner_->give_back_space(); }

 protected:
  void run_transaction(Access access,
                       const std::function<void(store::Connection&)>& work) override {
    const auto controlled = [&](store::Connection& connection) {
      HookedConnection hooked(connection, hook_);
      work(hooked);
    };
    if (access == Access::write) {
      inner_->write(controlled);
      hook_(kCommitted);
    } else {
      inner_->read(controlled);
    }
  }

 private:
  class HookedConnection final : public store::Connection {
   public:
    HookedConnection(store::Connection& inner, const Hook& hook) : inner_(inner), hook_(hook) {}

    store::Result run(std::string_view sql,
                      std::initializer_list<store::Parameter> parameters) override {
      hook_(sql);
      return inner_.run(sql, parameters);
    }

   private:
    store::Connection& inner_;
    const Hook& hook_;
  };

  std::unique_ptr<store::Database> inner_;
  Hook hook_;
};

/// Parts of the statements that a job goes through.
inline constexpr std::string_view kClaimSql = "SET status = 'running'";
inline constexpr std::string_view kRenewSql = "SET renewed_at";
inline constexpr std::string_view kModelSql = "SELECT blob FROM mlserve_models";
inline constexpr std::string_view kReadPieceSql = "SELECT bytes FROM mlserve_pieces";
inline constexpr std::string_view kAddPieceSql = "INSERT INTO mlserve_pieces";
inline constexpr std::string_view kFinishSql = "SET status = 'succeeded'";

}  // namespace mlserve::testing

#pragma once

#include <memory>
#include <string>

#include "store/database.hpp"
#include "store/job_store.hpp"
#include "store/model_store.hpp"

namespace mlserve::store {

/// Jobs and models in one database: what `--store` names.
class Store {
 public:
  explicit Store(std::unique_ptr<Database> database)
      : database_(std::move(database)), jobs_(*database_), models_(*database_) {}

  Database& database() noexcept { return *database_; }
  JobStore& jobs() noexcept { return jobs_; }
  ModelStore& models() noexcept { return models_; }

 private:
  std::unique_ptr<Database> database_;
  JobStore jobs_;
  ModelStore models_;
};

/// As open_database.
std::unique_ptr<Store> open_store(const std::string& url, const DatabaseOptions& options = {});

}  // namespace mlserve::store

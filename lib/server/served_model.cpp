#include "server/served_model.hpp"

#include <utility>

namespace mlserve::server {

ServedModel::ServedModel(std::string name, std::string version, model::Model model,
                         Monitoring monitoring)
    : name_(std::move(name)),
      version_(std::move(version)),
      model_(std::move(model)),
      scorer_(model_),
      monitor_(monitoring == Monitoring::on ? std::make_unique<InputMonitor>(model_) : nullptr) {}

std::unique_ptr<ServedModel::Scratch> ServedModel::take_scratch() const {
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      std::unique_ptr<Scratch> scratch = std::move(free_.back());
      free_.pop_back();
      return scratch;
    }
  }
  return std::make_unique<Scratch>(model_.schema);
}

void ServedModel::put_back(std::unique_ptr<Scratch> scratch) const {
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(scratch));
}

}  // namespace mlserve::server

#include "server/open_inference_problems.hpp"

#include <utility>

#include "core/text.hpp"
#include "server/error_shape.hpp"

namespace mlserve::server::open_inference {
namespace {

constexpr std::size_t kMaxListed = 100;

}  // namespace

std::string Item::pointer() const { return "#/" + std::string(list) + "/" + std::to_string(index); }

std::string Item::subject() const {
  std::string subject(list.substr(0, list.size() - 1));
  return subject + " " + (name.empty() ? std::to_string(index) : "'" + shown(name) + "'");
}

void ProblemList::add(std::string pointer, std::string_view subject, std::string detail) {
  if (count_ == 0) first_ = subject.empty() ? detail : std::string(subject) + " " + detail;
  ++count_;
  if (listed_.size() < kMaxListed) listed_.push_back({std::move(pointer), std::move(detail)});
}

void ProblemList::add(const Item& item, std::string_view member, std::string_view words,
                      std::string detail) {
  add(item.pointer() + std::string(member), item.subject() + std::string(words), std::move(detail));
}

Response ProblemList::response() const {
  std::string error = first_;
  if (count_ > 1) {
    error += " (and " + std::to_string(count_ - 1) + " more error" + (count_ > 2 ? "s)" : ")");
  }
  return error_in_shape(ErrorShape::error_member, 400, "", error, listed_);
}

}  // namespace mlserve::server::open_inference

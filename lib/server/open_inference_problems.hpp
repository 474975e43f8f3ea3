#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "server/problem.hpp"

namespace mlserve::server::open_inference {

/// An item of one of the lists of a request.
struct Item {
  std::string_view list;  ///< "inputs" or "outputs"
  std::size_t index = 0;
  std::string_view name = {};  ///< empty: it has none, or not yet

  std::string pointer() const;  ///< "#/inputs/0"
  std::string subject() const;  ///< "input 'Age'", or "input 0" without a name
};

/// What is wrong with one request: all of it, told at once. The first hundred are listed, the
/// others counted.
class ProblemList {
 public:
  /// `pointer` is where in the body, as BodyError has it; `subject` what a person calls that place,
  /// so that "SUBJECT DETAIL" is a sentence.
  void add(std::string pointer, std::string_view subject, std::string detail);

  /// Of a member of an item: `member` goes behind its pointer ("/shape"), `words` behind its
  /// subject (": the shape").
  void add(const Item& item, std::string_view member, std::string_view words, std::string detail);

  std::size_t size() const noexcept { return count_; }
  bool empty() const noexcept { return count_ == 0; }

  /// 400 with the first as "error", and all under "errors".
  Response response() const;

 private:
  std::size_t count_ = 0;
  std::string first_;
  std::vector<BodyError> listed_;
};

}  // namespace mlserve::server::open_inference

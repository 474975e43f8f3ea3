#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include "core/error.hpp"

namespace mlserve::model {

/// `text` as a value of nlohmann's, which sets no limit by itself: to copy or write what is nested
/// a hundred thousand levels deep overflows the stack. Throws Error(corrupt) above `max_depth`
/// levels; for what is no JSON as Json::parse.
template <class Json>
Json parse_bounded(std::string_view text, int max_depth) {
  return Json::parse(text, [max_depth](int depth, typename Json::parse_event_t, Json&) {
    if (depth > max_depth) throw Error(ErrorKind::corrupt, "the JSON text is nested too deeply");
    return true;
  });
}

}  // namespace mlserve::model

#pragma once

#include <optional>
#include <string_view>

#include <simdjson.h>

#include "features/nan_tokens.hpp"
#include "server/served_model.hpp"

namespace mlserve::server {

/// The body of a protocol's request, which has to be a JSON object; its values live as long as the
/// scratch is not asked for another one. Throws Malformed.
simdjson::dom::object json_body(std::string_view body, ServedModel::Scratch& scratch,
                                features::NanTokens tokens);

/// The member `name`, none if it is not there or null.
std::optional<simdjson::dom::element> member(simdjson::dom::object object, std::string_view name);

/// The member `name`, false without it. Throws Malformed when it is neither true nor false.
bool flag_member(simdjson::dom::object object, std::string_view name);

/// Throw Malformed for an `element` that is of another type, by its name in the body.
simdjson::dom::array require_list(simdjson::dom::element element, std::string_view name);
std::string_view require_string(simdjson::dom::element element, std::string_view name);
simdjson::dom::object require_object(simdjson::dom::element element, std::string_view name);

}  // namespace mlserve::server

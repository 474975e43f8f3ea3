#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mlserve::server {

/// Another name for a model, or for one version of it. A label, as TensorFlow Serving knows it, is
/// the alias "MODEL@LABEL": a name that stands for a version of MODEL.
struct ModelAlias {
  std::string name;
  std::string model;
  std::string version;  ///< empty: whichever version serves

  bool operator==(const ModelAlias&) const = default;
};

/// The alias that is a model's label: "titanic@stable".
std::string label_name(std::string_view model, std::string_view label);

/// "NAME=MODEL", "NAME=MODEL@VERSION" or, for a label, "MODEL@LABEL=VERSION". Throws
/// Error(invalid_argument).
ModelAlias parse_alias(std::string_view text);

/// As JSON: {"NAME": "MODEL@VERSION", "MODEL@LABEL": "VERSION"}, by name. `place` stands for the
/// text in messages. Throws Error(corrupt).
std::vector<ModelAlias> parse_aliases(std::string_view json, const std::string& place);

/// "'champion' (titanic@3)", for messages.
std::string title(const ModelAlias& alias);

}  // namespace mlserve::server

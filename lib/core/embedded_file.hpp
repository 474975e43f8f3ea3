#pragma once

#include <string_view>

namespace mlserve {

/// A file that is part of the program: a line of a table that mlserve_embed_files makes.
struct EmbeddedFile {
  std::string_view name;     ///< without its folder
  std::string_view sha256;   ///< of its content, in hexadecimal digits
  std::string_view content;  ///< as it is
};

}  // namespace mlserve

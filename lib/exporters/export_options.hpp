#pragma once

#include <string>

namespace mlserve::exporters {

/// The language of a source file.
enum class Language { c, cpp, javascript };

/// The database that a SELECT is written for.
enum class Dialect { sqlite, postgresql, duckdb };

/// What the formats want to know beside the model; each reads what is its own.
struct ExportOptions {
  Language language = Language::c;
  Dialect dialect = Dialect::sqlite;
  std::string table = "data";  ///< that the SELECT scores, without quotes
  std::string key;             ///< its column that is passed through; empty: none
  std::string program;         ///< the executable that a bundle is made of
};

}  // namespace mlserve::exporters

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "exporters/sql_dialect.hpp"
#include "exporters/sql_names.hpp"
#include "pipeline/export_runtime.hpp"

namespace mlserve::pipeline {
namespace {

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

/// A table in memory with the columns of the model, scored by the SELECT as it is written.
class SqliteRuntime final : public ExportRuntime {
 public:
  explicit SqliteRuntime(const ExportedModel& exported)
      : model_(exported.model), has_key_(!exported.options.key.empty()) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open(":memory:", &opened);
    database_.reset(opened);
    if (code != SQLITE_OK) fail();
    make_table(exported.options);
    score_ = prepare(exported.bytes);
  }

  std::string name() const override { return "SQLite " + std::string(sqlite3_libversion()); }

  ExportAnswers score(std::span<const RawRow> rows) override {
    run("DELETE FROM " + table_);
    run("BEGIN");
    for (std::size_t row = 0; row < rows.size(); ++row) insert(row, rows[row]);
    run("COMMIT");
    ExportAnswers answers;
    answers.numbers.width = answer_width(model_);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (!next_answer()) fail("gives fewer rows than the table has");
      take_answer(row, answers);
    }
    if (next_answer()) fail("gives more rows than the table has");
    sqlite3_reset(score_.get());
    return answers;
  }

 private:
  void make_table(const exporters::ExportOptions& options) {
    const exporters::SqlDialect& dialect = exporters::sql_dialect(exporters::Dialect::sqlite);
    const std::vector<std::string> parts = exporters::sql_table_parts(dialect, options.table);
    for (const std::string& part : parts)
      table_ += (table_.empty() ? "" : ".") + exporters::sql_name(dialect, part);
    if (parts.size() > 1 && !is_schema(parts.front()))
      run("ATTACH ':memory:' AS " + exporters::sql_name(dialect, parts.front()));
    std::string columns;
    std::string values;
    bool is_key_a_feature = false;
    for (const features::Feature& feature : model_.schema.features) {
      columns += (columns.empty() ? "" : ", ") + exporters::sql_name(dialect, feature.name);
      values += values.empty() ? "?" : ", ?";
      is_key_a_feature = is_key_a_feature || exporters::sql_identity(dialect, feature.name) ==
                                                 exporters::sql_identity(dialect, options.key);
    }
    numbers_rows_ = has_key_ && !is_key_a_feature;
    if (numbers_rows_) {
      columns += ", " + exporters::sql_name(dialect, options.key);
      values += ", ?";
    }
    run("CREATE TABLE " + table_ + " (" + columns + ")");
    insert_ = prepare("INSERT INTO " + table_ + " VALUES (" + values + ")");
  }

  bool is_schema(const std::string& name) {
    const Statement found = prepare("SELECT 1 FROM pragma_database_list WHERE name = lower(?)");
    sqlite3_bind_text(found.get(), 1, name.data(), static_cast<int>(name.size()), SQLITE_TRANSIENT);
    return sqlite3_step(found.get()) == SQLITE_ROW || ascii_lower(name) == "temp";
  }

  void insert(std::size_t number, const RawRow& row) {
    sqlite3_stmt* const statement = insert_.get();
    int place = 0;
    for (const RawValue& value : row) {
      ++place;
      if (const auto* text = std::get_if<std::string>(&value)) {
        sqlite3_bind_text(statement, place, text->data(), static_cast<int>(text->size()),
                          SQLITE_TRANSIENT);
      } else if (const auto* real = std::get_if<double>(&value)) {
        sqlite3_bind_double(statement, place, *real);
      } else {
        sqlite3_bind_null(statement, place);
      }
    }
    if (numbers_rows_) sqlite3_bind_int64(statement, place + 1, static_cast<sqlite3_int64>(number));
    if (sqlite3_step(statement) != SQLITE_DONE) fail();
    sqlite3_reset(statement);
  }

  bool next_answer() {
    const int code = sqlite3_step(score_.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE) fail();
    return code == SQLITE_ROW;
  }

  /// The answer at hand to row `row`.
  void take_answer(std::size_t row, ExportAnswers& answers) {
    sqlite3_stmt* const statement = score_.get();
    if (numbers_rows_ && sqlite3_column_int64(statement, 0) != static_cast<sqlite3_int64>(row))
      fail("gives the rows in another order or with other keys");
    const int prediction = has_key_ ? 1 : 0;
    const std::vector<std::string>& classes = model_.schema.target.classes;
    if (classes.empty()) {
      answers.numbers.values.push_back(number(prediction));
      return;
    }
    const auto label = class_at(prediction);
    if (!label) fail("predicts no class of the model");
    answers.labels.push_back(*label);
    for (std::size_t k = 0; k < classes.size(); ++k)
      answers.numbers.values.push_back(number(prediction + 1 + static_cast<int>(k)));
  }

  double number(int column) {
    if (sqlite3_column_type(score_.get(), column) == SQLITE_NULL) fail("has no answer to a row");
    return sqlite3_column_double(score_.get(), column);
  }

  std::optional<std::size_t> class_at(int column) const {
    const std::vector<std::string>& classes = model_.schema.target.classes;
    std::size_t k = 0;
    while (k < classes.size() && !is_class(column, classes[k])) ++k;
    return k < classes.size() ? std::optional(k) : std::nullopt;
  }

  /// Whether the value is the class: as a text, a number, or a truth value, which is 0 or 1.
  bool is_class(int column, const std::string& name) const {
    sqlite3_stmt* const statement = score_.get();
    switch (sqlite3_column_type(statement, column)) {
      case SQLITE_INTEGER: {
        const sqlite3_int64 value = sqlite3_column_int64(statement, column);
        if (model_.schema.target.type == features::TargetType::boolean)
          return value == (name == "true" ? 1 : 0);
        return parse_integer(name) == value;
      }
      case SQLITE_FLOAT:
        return parse_double(name) == sqlite3_column_double(statement, column);
      case SQLITE_TEXT:
        return text(column) == name;
      default:
        return false;
    }
  }

  std::string_view text(int column) const {
    const auto* const bytes =
        reinterpret_cast<const char*>(sqlite3_column_text(score_.get(), column));
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(score_.get(), column))};
  }

  Statement prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        &statement, nullptr);
    Statement prepared(statement);
    if (code != SQLITE_OK) fail();
    return prepared;
  }

  void run(const std::string& sql) {
    if (sqlite3_step(prepare(sql).get()) != SQLITE_DONE) fail();
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorKind::internal, name() + ": the export " + what);
  }
  /// With what SQLite says.
  [[noreturn]] void fail() const {
    throw Error(ErrorKind::internal, name() + " does not take the export: " +
                                         shown(sqlite3_errmsg(database_.get()), 300));
  }

  const model::Model& model_;
  bool has_key_;
  bool numbers_rows_ = false;  ///< the key is a column of its own, with the number of the row
  Database database_;
  std::string table_;  ///< in quotes
  Statement insert_;
  Statement score_;
};

}  // namespace

std::unique_ptr<ExportRuntime> sqlite_runtime(const ExportedModel& exported) {
  // Functions of mathematics are an option of its build.
  const bool has_exp = sqlite3_compileoption_used("ENABLE_MATH_FUNCTIONS") != 0;
  if (!has_exp && exported.model.estimator != model::Estimator::linear) return nullptr;
  return std::make_unique<SqliteRuntime>(exported);
}

}  // namespace mlserve::pipeline

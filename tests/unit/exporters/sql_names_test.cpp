#include "exporters/sql_names.hpp"

#include <string>
#include <vector>

#include "support/catch_shim.hpp"

#include "exporters/sql_dialect.hpp"
#include "support/errors.hpp"

namespace {

using namespace mlserve;
using exporters::Dialect;
using exporters::sql_dialect;
using Parts = std::vector<std::string>;

Dialect every_dialect() { return GENERATE(Dialect::sqlite, Dialect::postgresql, Dialect::duckdb); }

}  // namespace

TEST_CASE("A name stands in double quotes, of which those in it are doubled", "[exporters]") {
  const auto& dialect = sql_dialect(every_dialect());
  CHECK(exporters::sql_name(dialect, "Age") == R"("Age")");
  CHECK(exporters::sql_name(dialect, R"(a"; DROP TABLE b; --)") == R"("a""; DROP TABLE b; --")");
  CHECK(exporters::sql_name(dialect, "it's\n\\ [`é") == "\"it's\n\\ [`é\"");
}

TEST_CASE("A text of SQL is the same whatever a backslash means", "[exporters]") {
  const auto& dialect = sql_dialect(every_dialect());
  CHECK(exporters::sql_text(dialect, "") == "''");
  CHECK(exporters::sql_text(dialect, "it's; --\n$$") == "'it''s; --\n$$'");
  const bool escapes = dialect.database == Dialect::postgresql;
  CHECK(exporters::sql_text(dialect, R"(\' \\)") == (escapes ? R"(E'\\'' \\\\')" : R"('\'' \\')"));
}

TEST_CASE("The names of a database's own tables are none of ours", "[exporters]") {
  const auto& sqlite = sql_dialect(Dialect::sqlite);
  for (const char* name : {"sqlite_rows", "SQLite_rows", "main.sqlite_rows"}) {
    CAPTURE(name);
    CHECK(testing::error_kind_of([&] { exporters::sql_table_parts(sqlite, name); }) ==
          ErrorKind::invalid_argument);
  }
  CHECK(exporters::sql_table_parts(sqlite, "sqlite_rows.t") == Parts{"sqlite_rows", "t"});
  CHECK(exporters::sql_table_parts(sql_dialect(Dialect::duckdb), "sqlite_rows") ==
        Parts{"sqlite_rows"});
}

TEST_CASE("No SQL has a NUL byte in it", "[exporters]") {
  const auto& dialect = sql_dialect(every_dialect());
  const std::string text("a\0b", 3);
  CHECK(testing::error_kind_of([&] { exporters::sql_text(dialect, text); }) ==
        ErrorKind::invalid_argument);
  CHECK(testing::error_kind_of([&] { exporters::sql_name(dialect, text); }) ==
        ErrorKind::invalid_argument);
}

TEST_CASE("Each database has a literal for every double", "[exporters]") {
  const auto literal = [](Dialect dialect, double value) {
    return exporters::sql_number(sql_dialect(dialect), value);
  };
  CHECK(literal(Dialect::sqlite, 3) == "3.0");
  CHECK(literal(Dialect::sqlite, -0.1) == "(-1.00000000000000006e-01)");
  CHECK(literal(Dialect::postgresql, -0.1) == "float8 '-0.1'");
  CHECK(literal(Dialect::postgresql, 1e300) == "float8 '1e+300'");
  CHECK(literal(Dialect::postgresql, 1e-171) == "float8 '0'");  // its products may underflow
  CHECK(literal(Dialect::duckdb, 3) == "3e0");
  CHECK(literal(Dialect::duckdb, -0.1) == "(-0.1e0)");
  CHECK(literal(Dialect::duckdb, 1e-5) == "1e-05");
}

TEST_CASE("The name of a table has parts, each taken as it is", "[exporters]") {
  const auto parts = [](const std::string& name, Dialect dialect = Dialect::postgresql) {
    return exporters::sql_table_parts(sql_dialect(dialect), name);
  };
  CHECK(parts("Passengers") == Parts{"Passengers"});
  CHECK(parts("public.passengers") == Parts{"public", "passengers"});
  CHECK(parts(R"(public."a.b")") == Parts{"public", "a.b"});
  CHECK(parts(R"("a""b".c)") == Parts{"a\"b", "c"});
  CHECK(parts(R"(a"b)") == Parts{"a\"b"});
  CHECK(parts("a b; --") == Parts{"a b; --"});
  CHECK(parts("a.b.c").size() == 3);

  const auto complaint = [&](const std::string& name, Dialect dialect) {
    const auto error = testing::error_of([&] { parts(name, dialect); });
    const bool is_argument = error && error->kind() == ErrorKind::invalid_argument;
    return std::string(is_argument ? error->what() : "none");
  };
  CHECK(complaint("", Dialect::sqlite) == "no table can be called '': a part of it is empty");
  CHECK(complaint("a..b", Dialect::sqlite) ==
        "no table can be called 'a..b': a part of it is empty");
  CHECK(complaint("a.", Dialect::sqlite) == "no table can be called 'a.': a part of it is empty");
  CHECK(complaint("\"a", Dialect::duckdb) ==
        "no table can be called '\"a': its quote is not closed");
  CHECK(complaint("\"a\"; DROP TABLE b", Dialect::duckdb) ==
        "no table can be called '\"a\"; DROP TABLE b': text after a closing quote");
  CHECK(complaint("a.b.c", Dialect::sqlite) ==
        "no table can be called 'a.b.c': SQLite has at most 2 parts in a name (a part with a dot "
        "needs double quotes)");
}

TEST_CASE("Names are of one column as the database has it", "[exporters]") {
  const auto same = [](Dialect dialect, const std::string& a, const std::string& b) {
    return exporters::sql_identity(sql_dialect(dialect), a) ==
           exporters::sql_identity(sql_dialect(dialect), b);
  };
  CHECK(same(Dialect::sqlite, "Age", "aGE"));
  CHECK(same(Dialect::duckdb, "Age", "aGE"));
  CHECK_FALSE(same(Dialect::postgresql, "Age", "age"));
  CHECK_FALSE(same(Dialect::sqlite, "É", "é"));

  // PostgreSQL cuts names after 63 bytes, but no character in two.
  const std::string long_name(63, 'x');
  CHECK(same(Dialect::postgresql, long_name + "1", long_name + "2"));
  CHECK_FALSE(same(Dialect::duckdb, long_name + "1", long_name + "2"));
  const std::string shorter(62, 'x');
  CHECK_FALSE(same(Dialect::postgresql, shorter + "1", shorter + "2"));
  CHECK(same(Dialect::postgresql, shorter + "é", shorter));
  CHECK_FALSE(same(Dialect::postgresql, shorter + "y", shorter));
}

TEST_CASE("No text ends a comment of SQL", "[exporters]") {
  CHECK(exporters::sql_comment("Age:Sex 1.5") == "Age:Sex 1.5");
  CHECK(exporters::sql_comment("*/ DROP -- \n/*") == "__ DROP __ ___");
  CHECK(exporters::sql_comment(std::string(500, 'x')).size() == 60);
}

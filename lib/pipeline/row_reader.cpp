#include "pipeline/row_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/error.hpp"
#include "core/text.hpp"
#include "features/csv_rows.hpp"

namespace mlserve::pipeline {
namespace {

using features::RowProblem;
using features::Schema;

constexpr std::array<std::pair<std::string_view, FileFormat>, 4> kFormats = {
    {{"json", FileFormat::json},
     {"jsonl", FileFormat::jsonl},
     {"ndjson", FileFormat::jsonl},
     {"csv", FileFormat::csv}}};

features::CsvRowParser make_parser(const Schema& schema, const data::CsvReader& csv,
                                   const std::vector<std::string>& kept) {
  try {
    return {schema, csv, kept};
  } catch (const Error& error) {
    throw WrongHeader(error.what());
  }
}

class CsvRowReader final : public RowReader {
 public:
  CsvRowReader(std::unique_ptr<data::ByteSource> source, const std::string& name,
               const Schema& schema, const std::vector<std::string>& kept,
               const data::CsvOptions& options)
      : csv_(std::move(source), name, options),
        schema_(schema),
        parser_(make_parser(schema, csv_, kept)) {}

  bool read(RowBlock& block) override { return csv_.read_block(block.csv); }

  void parse(RowBlock& block) const override {
    block.parsed.start(schema_);
    parser_.parse(block.csv, block.parsed);
  }

  std::uint64_t number(const RowBlock& block, std::size_t row) const override {
    return block.csv.records[row].line;
  }

  std::string describe(const RowBlock& block, const RowProblem& problem) const override {
    const std::string column =
        problem.field.empty() ? "" : "column '" + shown(problem.field) + "': ";
    return csv_.at_line(number(block, problem.row), column + problem.detail);
  }

 private:
  data::CsvReader csv_;
  const Schema& schema_;
  features::CsvRowParser parser_;
};

class JsonRowReader final : public RowReader {
 public:
  JsonRowReader(std::unique_ptr<data::ByteSource> source, const std::string& name,
                data::RecordLayout layout, const Schema& schema, std::vector<std::string> kept)
      : records_(std::move(source), name, layout), schema_(schema), kept_(std::move(kept)) {}

  bool read(RowBlock& block) override { return records_.read_block(block.json); }

  void parse(RowBlock& block) const override {
    if (!block.json_parser) block.json_parser.emplace(schema_, kept_);
    block.parsed.start(schema_);
    for (std::size_t i = 0; i < block.json.records.size(); ++i) {
      try {
        block.json_parser->parse_record(block.json.record_text(i), block.parsed);
      } catch (const Error& error) {
        block.parsed.append_bad(error.what(), kept_.size());
      }
    }
  }

  std::uint64_t number(const RowBlock& block, std::size_t row) const override {
    return block.json.records[row].number;
  }

  std::string describe(const RowBlock& block, const RowProblem& problem) const override {
    const std::string field = problem.field.empty() ? "" : "field '" + shown(problem.field) + "': ";
    return records_.place(number(block, problem.row)) + ": " + field + problem.detail;
  }

 private:
  data::RecordReader records_;
  const Schema& schema_;
  std::vector<std::string> kept_;
};

}  // namespace

std::optional<FileFormat> parse_format(std::string_view name) {
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
  }
  return std::nullopt;
}

std::string_view format_name(FileFormat format) {
  return std::find_if(kFormats.begin(), kFormats.end(),
                      [format](const auto& entry) { return entry.second == format; })
      ->first;
}

std::optional<FileFormat> format_of_path(std::string_view path) {
  const std::string lower = ascii_lower(path);
  std::string_view name = lower;
  if (name.ends_with(".gz")) name.remove_suffix(3);
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::nullopt : parse_format(name.substr(dot + 1));
}

std::unique_ptr<RowReader> read_rows(std::unique_ptr<data::ByteSource> source,
                                     const std::string& name, FileFormat format,
                                     const Schema& schema, const std::vector<std::string>& kept,
                                     const data::CsvOptions& csv) {
  if (format == FileFormat::csv)
    return std::make_unique<CsvRowReader>(std::move(source), name, schema, kept, csv);
  const auto layout =
      format == FileFormat::json ? data::RecordLayout::list : data::RecordLayout::lines;
  return std::make_unique<JsonRowReader>(std::move(source), name, layout, schema, kept);
}

std::unique_ptr<RowReader> open_rows(const std::string& path, FileFormat format,
                                     const Schema& schema, const std::vector<std::string>& kept,
                                     const data::CsvOptions& csv) {
  return read_rows(data::open_source(path), data::source_name(path), format, schema, kept, csv);
}

}  // namespace mlserve::pipeline

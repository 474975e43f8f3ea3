#include "pipeline/recording.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <simdjson.h>

#include "core/error.hpp"
#include "core/number.hpp"
#include "core/text.hpp"
#include "data/json_records.hpp"
#include "data/json_writer.hpp"
#include "features/json_document.hpp"

namespace mlserve::pipeline {
namespace {

namespace dom = simdjson::dom;

/// Of the records in a line; far below what RecordReader takes for one.
constexpr std::size_t kLineBytes = std::size_t{1} << 20;

/// The end of the rows from `begin` on that go into one line.
std::size_t end_of_line(const Recording& recording, std::size_t begin) {
  std::size_t bytes = 0;
  std::size_t end = begin;
  do {
    bytes += recording.records[end++].size() + 24 * recording.width();
  } while (end < recording.records.size() && bytes + recording.records[end].size() < kLineBytes);
  return end;
}

void append_texts(data::JsonWriter& json, std::string_view key,
                  const std::vector<std::string>& texts) {
  json.key(key).begin_array();
  for (const std::string& text : texts) json.string(text);
  json.end_array();
}

void append_answers(data::JsonWriter& json, const Recording& recording, std::size_t begin,
                    std::size_t end) {
  json.key("predictions").begin_array();
  for (std::size_t i = begin; i < end; ++i) {
    if (recording.classes.empty()) {
      json.number(recording.values[i]);
    } else {
      json.string(recording.classes[recording.labels[i]]);
    }
  }
  json.end_array();
  if (recording.classes.empty()) return;
  append_texts(json, "classes", recording.classes);
  json.key("probabilities").begin_array();
  for (std::size_t i = begin; i < end; ++i) {
    json.begin_array();
    for (const double probability : recording.row(i)) json.number(probability);
    json.end_array();
  }
  json.end_array();
}

void append_line(const Recording& recording, std::size_t begin, std::size_t end, std::string& out) {
  data::JsonWriter json(out);
  json.begin_object().key("time").string(recording.time);
  json.key("request_id").string(recording.request_id).key("route").string(recording.route);
  json.key("model").string(recording.model).key("version").string(recording.version);
  const std::uint64_t first_row = recording.first_row + begin;
  if (first_row > 0) json.key("first_row").integer(static_cast<long long>(first_row));
  json.key("records").begin_array();
  for (std::size_t i = begin; i < end; ++i) json.raw(recording.records[i]);
  json.end_array();
  append_answers(json, recording, begin, end);
  if (!recording.omitted.empty()) append_texts(json, "omitted", recording.omitted);
  json.end_object();
  out += '\n';
}

/// A line of a recording as simdjson's values; errors name the member.
class Line {
 public:
  explicit Line(dom::element value) {
    if (value.get(fields_) != simdjson::SUCCESS) throw bad("no object");
  }

  std::string text(const char* name) const {
    std::string_view text;
    if (fields_[name].get(text) != simdjson::SUCCESS) throw without(name);
    return std::string(text);
  }

  dom::array list(const char* name) const {
    dom::array list;
    if (fields_[name].get(list) != simdjson::SUCCESS) throw without(name);
    return list;
  }

  bool has(const char* name) const { return fields_[name].error() == simdjson::SUCCESS; }

  std::vector<std::string> texts(const char* name) const {
    std::vector<std::string> texts;
    if (!has(name)) return texts;
    for (const dom::element item : list(name)) {
      std::string_view text;
      if (item.get(text) != simdjson::SUCCESS) throw without(name);
      texts.emplace_back(text);
    }
    return texts;
  }

  std::uint64_t count(const char* name) const {
    std::uint64_t count = 0;
    if (has(name) && fields_[name].get(count) != simdjson::SUCCESS) throw without(name);
    return count;
  }

  /// Adds the numbers of `list`, NaN for null.
  static void add_numbers(dom::array list, const char* name, std::vector<double>& numbers) {
    for (const dom::element item : list) {
      double number = kNaN;
      if (!item.is_null() && item.get(number) != simdjson::SUCCESS) throw without(name);
      numbers.push_back(number);
    }
  }

  static Error bad(const std::string& why) { return Error(ErrorKind::invalid_data, why); }
  static Error without(const std::string& name) { return bad("its '" + name + "' makes no sense"); }

 private:
  dom::object fields_;
};

void read_classes(const Line& line, Recording& out) {
  for (const std::string& label : line.texts("predictions")) {
    const auto found = std::find(out.classes.begin(), out.classes.end(), label);
    if (found == out.classes.end()) throw Line::without("predictions");
    out.labels.push_back(static_cast<std::size_t>(found - out.classes.begin()));
  }
  for (const dom::element row : line.list("probabilities")) {
    dom::array of_classes;
    if (row.get(of_classes) != simdjson::SUCCESS || of_classes.size() != out.classes.size())
      throw Line::without("probabilities");
    Line::add_numbers(of_classes, "probabilities", out.values);
  }
}

Recording parse(dom::element value) {
  const Line line(value);
  Recording out;
  out.time = line.text("time");
  out.request_id = line.text("request_id");
  out.route = line.text("route");
  out.model = line.text("model");
  out.version = line.text("version");
  out.first_row = line.count("first_row");
  out.omitted = line.texts("omitted");
  out.classes = line.texts("classes");
  for (const dom::element record : line.list("records")) {
    if (!record.is_object()) throw Line::without("records");
    out.records.push_back(simdjson::minify(record));
  }
  if (out.classes.empty()) {
    Line::add_numbers(line.list("predictions"), "predictions", out.values);
  } else {
    read_classes(line, out);
    if (out.labels.size() != out.records.size()) throw Line::without("predictions");
  }
  if (out.values.size() != out.records.size() * out.width()) throw Line::without("predictions");
  return out;
}

}  // namespace

void add_rows(const model::Model& model, const model::Scorer& scorer,
              std::span<const std::string> records, const model::Scores& scores, Recording& out) {
  out.records.insert(out.records.end(), records.begin(), records.end());
  out.classes = model.schema.target.classes;
  for (std::size_t i = 0; i < scores.rows(); ++i) {
    const std::span<const double> row = scores.row(i);
    if (out.classes.empty()) {
      out.values.push_back(row[0]);
      continue;
    }
    out.labels.push_back(scorer.label(row));
    for (std::size_t k = 0; k < out.classes.size(); ++k)
      out.values.push_back(model::probability(row, k));
  }
}

void append_lines(const Recording& recording, std::string& out) {
  for (std::size_t begin = 0; begin < recording.records.size();) {
    const std::size_t end = end_of_line(recording, begin);
    append_line(recording, begin, end, out);
    begin = end;
  }
}

class RecordingReader::Impl {
 public:
  Impl(std::unique_ptr<data::ByteSource> source, const std::string& name)
      : lines_(std::move(source), name, data::RecordLayout::lines) {}

  bool next(Recording& recording) {
    for (;;) {
      if (taken_ == block_.records.size()) {
        taken_ = 0;
        if (!lines_.read_block(block_)) return false;
      }
      line_ = block_.records[taken_].number;
      const std::optional<dom::element> value = json(block_.record_text(taken_++));
      if (!value) continue;
      try {
        recording = parse(*value);
      } catch (const Error& error) {
        throw Error(ErrorKind::invalid_data,
                    lines_.place(line_) + ": is no recorded request: " + error.what());
      }
      return true;
    }
  }

  std::uint64_t line() const noexcept { return line_; }
  std::uint64_t damaged() const noexcept { return damaged_; }

 private:
  std::optional<dom::element> json(std::string_view text) {
    try {
      return document_.read_padded(text);
    } catch (const Error&) {
      ++damaged_;
      return std::nullopt;
    }
  }

  data::RecordReader lines_;
  data::RecordBlock block_;
  std::size_t taken_ = 0;
  features::JsonDocument document_;
  std::uint64_t line_ = 0;
  std::uint64_t damaged_ = 0;
};

RecordingReader::RecordingReader(std::unique_ptr<data::ByteSource> source, const std::string& name)
    : impl_(std::make_unique<Impl>(std::move(source), name)) {}
RecordingReader::~RecordingReader() = default;

bool RecordingReader::next(Recording& recording) { return impl_->next(recording); }
std::uint64_t RecordingReader::line() const noexcept { return impl_->line(); }
std::uint64_t RecordingReader::damaged() const noexcept { return impl_->damaged(); }

}  // namespace mlserve::pipeline

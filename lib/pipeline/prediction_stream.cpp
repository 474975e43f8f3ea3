#include "pipeline/prediction_stream.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "data/csv_writer.hpp"

namespace mlserve::pipeline {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

Error broken() { return Error(ErrorKind::corrupt, "the kept predictions are not whole"); }

/// Cuts the JSON text of a line, which has no blanks, as we wrote it, into its values.
class Cutter {
 public:
  explicit Cutter(std::string_view json) : rest_(json) {}

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// The next value, as it stands there.
  std::string_view value() {
    const std::string_view begin = rest_;
    std::size_t depth = 0;
    while (!rest_.empty() && (depth > 0 || !ends_value())) {
      const char c = rest_.front();
      if (c == '"') {
        skip_string();
        continue;
      }
      depth += c == '{' || c == '[';
      depth -= c == '}' || c == ']';
      rest_.remove_prefix(1);
    }
    if (depth > 0 || rest_.size() == begin.size()) throw broken();
    return begin.substr(0, begin.size() - rest_.size());
  }

  /// Calls `take_member(name, value)`, both as JSON, for each member of the object that is next.
  template <class TakeMember>
  void members(TakeMember take_member) {
    if (!take('{')) throw broken();
    if (take('}')) return;
    do {
      const std::string_view name = value();
      if (!take(':')) throw broken();
      take_member(name, value());
    } while (take(','));
    if (!take('}')) throw broken();
  }

 private:
  bool ends_value() const {
    return rest_.front() == ',' || rest_.front() == '}' || rest_.front() == ':' ||
           rest_.front() == ']';
  }

  void skip_string() {
    std::size_t end = 1;
    while (end < rest_.size() && rest_[end] != '"') end += rest_[end] == '\\' ? 2 : 1;
    if (end >= rest_.size()) throw broken();
    rest_.remove_prefix(end + 1);
  }

  std::string_view rest_;
};

std::string text_of(std::string_view json) {
  try {
    return nlohmann::json::parse(json).get<std::string>();
  } catch (const nlohmann::json::exception&) {
    throw broken();
  }
}

/// Calls `take_leaf(path, value)` for each number in `json`; the path has the names of the objects
/// that it stands in, as JSON.
template <class TakeLeaf>
void for_each_number(std::string_view json, std::vector<std::string_view>& path,
                     const TakeLeaf& take_leaf) {
  if (!json.starts_with('{')) return take_leaf(path, json);
  Cutter(json).members([&](std::string_view name, std::string_view value) {
    path.push_back(name);
    for_each_number(value, path, take_leaf);
    path.pop_back();
  });
}

/// "probability_<class>", "baseline", "contribution_<feature>", of several classes with "_<class>".
std::string column_name(const std::vector<std::string_view>& path) {
  const bool of_class = path[0] == R"("probabilities")";
  std::string name = of_class                     ? "probability"
                     : path[1] == R"("baseline")" ? "baseline"
                                                  : "contribution";
  for (std::size_t next = of_class ? 1 : 2; next < path.size(); ++next)
    name += "_" + text_of(path[next]);
  return name;
}

/// The first line of the CSV that is made of lines like `line`.
std::string csv_header(std::string_view line) {
  std::string header;
  Cutter(line).members([&](std::string_view key, std::string_view value) {
    if (key == R"("prediction")") {
      header += "prediction";
      return;
    }
    if (!value.starts_with('{')) throw broken();
    std::vector<std::string_view> path = {key};
    for_each_number(value, path, [&](const auto& of_number, std::string_view) {
      header += ',';
      data::append_csv_field(header, column_name(of_number));
    });
  });
  return header + '\n';
}

}  // namespace

std::string PredictionStream::next() {
  std::string out;
  if (kept_.rows == 0) std::swap(out, kept_.without_rows);
  while (kept_.rows > 0 && !ended_ && out.size() < kPieceBytes) {
    if (format_ == FileFormat::jsonl) {
      add_bytes(out);
    } else {
      add_line(out);
    }
  }
  return out;
}

void PredictionStream::add_bytes(std::string& out) {
  if (!bytes_) bytes_ = kept_.open();
  const std::size_t begin = out.size();
  out.resize(kPieceBytes);
  out.resize(begin + bytes_->read(out.data() + begin, out.size() - begin));
  const auto added = out.begin() + static_cast<std::ptrdiff_t>(begin);
  rows_ += static_cast<std::uint64_t>(std::count(added, out.end(), '\n'));
  ended_ = added == out.end();
  if (ended_ && rows_ != kept_.rows) throw broken();
}

void PredictionStream::add_line(std::string& out) {
  const std::optional<std::string_view> line = next_line();
  if (!line) return end_pass(out);
  if (format_ == FileFormat::csv) {
    add_csv(*line, out);
  } else {
    add_item(*line, out);
  }
  ++rows_;
}

std::optional<std::string_view> PredictionStream::next_line() {
  if (!reader_) reader_.emplace(kept_.open(), "predictions", data::RecordLayout::lines);
  if (taken_ == block_.records.size()) {
    block_.records.clear();
    taken_ = 0;
    if (!reader_->read_block(block_)) return std::nullopt;
  }
  return block_.record_text(taken_++);
}

void PredictionStream::end_pass(std::string& out) {
  if (rows_ != kept_.rows) throw broken();
  reader_.reset();
  rows_ = 0;
  if (format_ == FileFormat::csv) {
    ended_ = true;
    return;
  }
  out += ']';
  ended_ = ++pass_ == keys_.size();
  if (ended_) out += "}\n";
}

void PredictionStream::add_item(std::string_view line, std::string& out) {
  if (keys_.empty()) {
    Cutter(line).members([&](std::string_view key, std::string_view) { keys_.emplace_back(key); });
    if (keys_.empty()) throw broken();
  }
  if (rows_ == 0) {
    out += pass_ == 0 ? '{' : ',';
    out += keys_[pass_] + ":[";
  } else {
    out += ',';
  }
  std::size_t member = 0;
  Cutter(line).members([&](std::string_view key, std::string_view value) {
    if (member == keys_.size() || key != keys_[member]) throw broken();
    if (member++ == pass_) out += value;
  });
  if (member < keys_.size()) throw broken();
}

void PredictionStream::add_csv(std::string_view line, std::string& out) {
  if (rows_ == 0) out += csv_header(line);
  const std::size_t begin = out.size();
  std::vector<std::string_view> path;
  Cutter(line).members([&](std::string_view key, std::string_view value) {
    if (key == R"("prediction")") return add_csv_label(value, out);
    for_each_number(value, path, [&](const auto&, std::string_view number) {
      out += ',';
      if (number != "null") out += number;
    });
  });
  if (out.size() == begin) out += "\"\"";  // nothing at all would be a blank line
  out += '\n';
}

/// Numbers and truth values are the same in CSV, texts are not.
void PredictionStream::add_csv_label(std::string_view json, std::string& out) {
  if (!json.starts_with('"')) {
    if (json != "null") out += json;
    return;
  }
  const auto [label, is_new] = csv_labels_.try_emplace(std::string(json));
  if (is_new) data::append_csv_field(label->second, text_of(json));
  out += label->second;
}

}  // namespace mlserve::pipeline

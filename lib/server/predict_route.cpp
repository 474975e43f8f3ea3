#include "server/predict_route.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/text.hpp"
#include "data/byte_source.hpp"
#include "data/json_writer.hpp"
#include "pipeline/describe.hpp"
#include "pipeline/row_reader.hpp"
#include "server/media_type.hpp"
#include "server/problem.hpp"

namespace mlserve::server {
namespace {

using pipeline::FileFormat;
using Scratch = ServedModel::Scratch;

constexpr std::string_view kBadBody = "Seems input is incomplete or not in JSON";
/// Errors that one answer lists; the count of the others is said.
constexpr std::size_t kMaxListedErrors = 100;
/// Buffers that grew with a larger body are not kept for the next request.
constexpr std::size_t kMaxKeptBytes = std::size_t{256} << 10;

/// Whether the query sets the flag `name`. Throws Error(invalid_argument) for what is neither true
/// nor false.
bool asked(const Request& request, std::string_view name) {
  if (!request.has_query(name)) return false;
  const std::string_view value = request.query_value(name);
  if (value.empty() || value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  throw Error(ErrorKind::invalid_argument,
              "?" + std::string(name) + "=" + shown(value) + " is neither true nor false");
}

/// The body is no text of its format: 400.
class Malformed : public Error {
 public:
  explicit Malformed(const std::string& detail) : Error(ErrorKind::invalid_data, detail) {}
};

/// What `parse` gives; what it throws about the text of the body is Malformed.
template <class Parse>
auto parsing(Parse&& parse) {
  try {
    return parse();
  } catch (const pipeline::WrongHeader&) {
    throw;
  } catch (const Error& error) {
    throw Malformed(error.what());
  }
}

/// A scratch for as long as a request lasts.
class ScratchLease {
 public:
  ScratchLease(const ServedModel& served, std::size_t body_bytes)
      : served_(served), scratch_(served.take_scratch()), keep_(body_bytes <= kMaxKeptBytes) {}
  ~ScratchLease() {
    if (keep_) served_.put_back(std::move(scratch_));
  }
  ScratchLease(const ScratchLease&) = delete;
  ScratchLease& operator=(const ScratchLease&) = delete;

  Scratch& get() { return *scratch_; }

 private:
  const ServedModel& served_;
  std::unique_ptr<Scratch> scratch_;
  bool keep_;
};

Response refuse_problems(const std::vector<features::RowProblem>& problems, bool in_list) {
  std::vector<BodyError> errors;
  for (const features::RowProblem& problem : problems) {
    if (errors.size() == kMaxListedErrors) break;
    errors.push_back({body_pointer(in_list, problem.row, problem.field), problem.detail});
  }
  std::string detail = std::to_string(problems.size());
  detail += problems.size() == 1 ? " error" : " errors";
  if (problems.size() >= features::JsonRowParser::kMaxProblems) detail += " or more";
  if (problems.size() > errors.size()) {
    detail += ", the first " + std::to_string(errors.size()) + " are listed";
  }
  return problem(422, kBadBody, detail, errors);
}

/// One prediction request on its way through the body's reader, the scorer and the formatter.
class Prediction {
 public:
  Prediction(const Request& request, const ServedModel& served, FileFormat format)
      : request_(request),
        served_(served),
        format_(format),
        explain_(asked(request, "explain")),
        warn_(asked(request, "warnings")),
        formatter_(served.model(), served.scorer(),
                   {FileFormat::json, asked(request, "probabilities"), explain_, {}}),
        warnings_(served.model().schema.features.size()) {}

  Response answer() {
    ScratchLease lease(served_, request_.body.size());
    Scratch& scratch = lease.get();
    if (format_ == FileFormat::json) {
      scratch.parsed.start(served_.model().schema);
      parse_json(scratch);
      score(scratch);
    } else {
      score_rows(scratch);
    }
    if (!problems_.empty()) return refuse_problems(problems_, in_list_);
    Response response;
    response.content_type = "application/json";
    response.body = formatter_.document(all_);
    if (warn_) add_warnings(response.body);
    return response;
  }

 private:
  void parse_json(Scratch& scratch) {
    try {
      in_list_ = scratch.parser.parse(request_.body, scratch.parsed);
    } catch (const Error& error) {
      throw Malformed(std::string("the body ") + error.what());
    }
  }

  /// CSV and NDJSON: block by block, as files.
  void score_rows(Scratch& scratch) {
    const auto reader = parsing([&] {
      return pipeline::read_rows(data::memory_source(request_.body), "body", format_,
                                 served_.model().schema, {});
    });
    pipeline::RowBlock block;
    const auto parse_next = [&] {
      if (!reader->read(block)) return false;
      reader->parse(block);
      return true;
    };
    while (problems_.size() < features::JsonRowParser::kMaxProblems && parsing(parse_next)) {
      std::swap(scratch.parsed, block.parsed);
      score(scratch);
    }
  }

  void score(Scratch& scratch) {
    for (features::RowProblem& problem : scratch.parsed.problems) {
      problem.row += rows_;
      problems_.push_back(std::move(problem));
    }
    rows_ += scratch.parsed.rows.size();
    if (!problems_.empty()) return;  // nothing is answered but these
    pipeline::score_rows(served_.scorer(), scratch.parsed.rows, explain_, scratch.scored);
    formatter_.format(scratch.parsed, scratch.scored, scratch.text);
    all_.append(scratch.text);
    if (warn_) {
      features::add_warnings(served_.model().schema, scratch.parsed, warnings_);
    }
    if (std::chrono::steady_clock::now() > request_.deadline) {
      throw Error(ErrorKind::unavailable, "the request took too long");
    }
  }

  /// Puts "warnings" at the end of a JSON object: counts by feature, where there are any.
  void add_warnings(std::string& document) const {
    document.resize(document.rfind('}'));
    std::string text;
    data::JsonWriter json(text);
    pipeline::write_value_warnings(json, served_.model().schema, warnings_);
    document += ",\"warnings\":" + text + "}\n";
  }

  const Request& request_;
  const ServedModel& served_;
  FileFormat format_;
  bool explain_;
  bool warn_;
  pipeline::PredictionFormatter formatter_;
  pipeline::PredictionText all_;
  std::vector<features::RowProblem> problems_;
  std::vector<features::ValueWarnings> warnings_;
  std::size_t rows_ = 0;
  bool in_list_ = true;
};

Response no_model() {
  Response response = problem(503, "No model here to use", "the server has no model loaded");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace

Response answer_predict(const Request& request, const ModelRegistry::Handle& served) {
  if (!served) return no_model();
  const auto format = body_format(request.header("Content-Type"));
  if (!format) {
    return problem(415, "", "send application/json, application/x-ndjson or text/csv, in UTF-8");
  }
  if (!accepts_json(request.header("Accept")))
    return problem(406, "", "answers are application/json");
  try {
    return Prediction(request, *served, *format).answer();
  } catch (const Malformed& error) {
    return problem(400, kBadBody, error.what());
  } catch (const pipeline::WrongHeader& error) {
    return problem(422, kBadBody, error.what());
  } catch (const Error& error) {
    const int status = error.kind() == ErrorKind::unavailable ? 504 : http_status(error.kind());
    return problem(status, "", error.what());
  }
}

}  // namespace mlserve::server

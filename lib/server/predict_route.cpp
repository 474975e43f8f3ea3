#include "server/predict_route.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "data/byte_source.hpp"
#include "data/json_writer.hpp"
#include "pipeline/describe.hpp"
#include "pipeline/row_reader.hpp"
#include "server/media_type.hpp"
#include "server/problem.hpp"
#include "server/query.hpp"
#include "server/refusal.hpp"

namespace mlserve::server {
namespace {

using pipeline::FileFormat;
using Scratch = ServedModel::Scratch;

constexpr std::string_view kBadBody = "Seems input is incomplete or not in JSON";
/// Errors that one answer lists; the count of the others is said.
constexpr std::size_t kMaxListedErrors = 100;
/// Buffers that grew with a larger body are not kept for the next request.
constexpr std::size_t kMaxKeptBytes = std::size_t{256} << 10;

/// The body is no text of its format: 400.
class Malformed : public Error {
 public:
  explicit Malformed(const std::string& detail) : Error(ErrorKind::invalid_data, detail) {}
};

/// The body has more rows than are answered at once.
class TooManyRows : public Error {
 public:
  TooManyRows() : Error(ErrorKind::invalid_data, "too many rows") {}
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
  Prediction(const Request& request, const ServedModel& served, const PredictQuery& query,
             std::size_t max_rows)
      : request_(request),
        served_(served),
        query_(query),
        max_rows_(max_rows),
        formatter_(served.model(), served.scorer(),
                   {FileFormat::json, query.probabilities, query.explain, {}}),
        warnings_(served.model().schema.features.size()) {}

  Response answer() {
    ScratchLease lease(served_, request_.body.size());
    Scratch& scratch = lease.get();
    if (query_.format == FileFormat::json) {
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
    if (query_.warnings) add_warnings(response.body);
    return response;
  }

 private:
  void parse_json(Scratch& scratch) {
    try {
      in_list_ = scratch.parser.parse(request_.body, scratch.parsed, max_rows_);
    } catch (const Error& error) {
      throw Malformed(std::string("the body ") + error.what());
    }
  }

  /// CSV and NDJSON: block by block, as files.
  void score_rows(Scratch& scratch) {
    const auto reader = parsing([&] {
      return pipeline::read_rows(data::memory_source(request_.body), "body", query_.format,
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
    if (rows_ > max_rows_) throw TooManyRows();
    if (!problems_.empty()) return;  // nothing is answered but these
    pipeline::score_rows(served_.scorer(), scratch.parsed.rows, query_.explain, scratch.scored);
    formatter_.format(scratch.parsed, scratch.scored, scratch.text);
    all_.append(scratch.text);
    if (query_.warnings) {
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
  PredictQuery query_;
  std::size_t max_rows_;
  pipeline::PredictionFormatter formatter_;
  pipeline::PredictionText all_;
  std::vector<features::RowProblem> problems_;
  std::vector<features::ValueWarnings> warnings_;
  std::size_t rows_ = 0;
  bool in_list_ = true;
};

}  // namespace

PredictQuery predict_query(const Request& request) {
  const auto format = body_format(request.header("Content-Type"));
  if (!format) {
    throw Refusal(415, "send application/json, application/x-ndjson or text/csv, in UTF-8");
  }
  return {*format, query_flag(request, "probabilities"), query_flag(request, "explain"),
          query_flag(request, "warnings")};
}

std::optional<Response> answer_predict(const Request& request, const ServedModel& served,
                                       std::size_t max_rows) {
  try {
    const PredictQuery query = predict_query(request);
    if (!accepts_json(request.header("Accept"))) throw Refusal(406, "answers are application/json");
    return Prediction(request, served, query, max_rows).answer();
  } catch (const TooManyRows&) {
    return std::nullopt;
  } catch (const Malformed& error) {
    return problem(400, kBadBody, error.what());
  } catch (const pipeline::WrongHeader& error) {
    return problem(422, kBadBody, error.what());
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::unavailable) return problem(504, "", error.what());
    return problem(error);
  }
}

}  // namespace mlserve::server

#include "server/prediction.hpp"

#include <chrono>
#include <utility>

#include "core/error.hpp"
#include "data/byte_source.hpp"
#include "server/prediction_error.hpp"
#include "server/recorder.hpp"

namespace mlserve::server {
namespace {

/// Buffers that grew with a larger body are not kept for the next request.
constexpr std::size_t kMaxKeptBody = std::size_t{256} << 10;

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

}  // namespace

ScratchLease::ScratchLease(const Request& request, const ServedModel& served)
    : served_(served), scratch_(served.take_scratch()), keep_(request.body.size() <= kMaxKeptBody) {
  scratch_->parsed.start(served.model().schema);
  scratch_->parsed.capture = request.recorder == nullptr ? nullptr : &request.recorder->capture();
}

ScratchLease::~ScratchLease() {
  if (keep_) served_.put_back(std::move(scratch_));
}

Prediction::Prediction(const Request& request, const ServedModel& served,
                       ServedModel::Scratch& scratch, PredictionWish wish, std::size_t max_rows)
    : request_(request),
      served_(served),
      scratch_(scratch),
      wish_(std::move(wish)),
      max_rows_(max_rows),
      formatter_(served.model(), served.scorer(), wish_.layout),
      warnings_(served.model().schema.features.size()) {
  if (request.recorder == nullptr) return;
  recording_ = std::make_unique<pipeline::Recording>();
  recording_->request_id = request.request_id;
  recording_->route = request.path;
  recording_->model = served.name();
  recording_->version = served.version();
  recording_->omitted = request.recorder->capture().omitted;
}

void Prediction::score() {
  features::ParsedRows& parsed = scratch_.parsed;
  for (features::RowProblem& problem : parsed.problems) {
    problem.row += rows_;
    problems_.push_back(std::move(problem));
  }
  rows_ += parsed.rows.size();
  if (rows_ > max_rows_) throw TooManyRows(max_rows_);
  if (!problems_.empty()) return;  // nothing is answered but these
  pipeline::score_rows(served_.scorer(), parsed.rows, wish_.layout.explanations, scratch_.scored);
  if (InputMonitor* const monitor = served_.monitor()) {
    monitor->observe(parsed.rows, scratch_.scored.scores, served_.scorer());
  }
  formatter_.format(parsed, scratch_.scored, scratch_.text);
  text_.append(scratch_.text);
  if (recording_) {
    pipeline::add_rows(served_.model(), served_.scorer(), parsed.records, scratch_.scored.scores,
                       *recording_);
  }
  if (wish_.warnings) features::add_warnings(served_.model().schema, parsed, warnings_);
  if (std::chrono::steady_clock::now() > request_.deadline) {
    throw Error(ErrorKind::unavailable, "the request took too long");
  }
}

void Prediction::score_body(pipeline::FileFormat format) {
  const auto reader = parsing([&] {
    return pipeline::read_rows(data::memory_source(request_.body), "body", format,
                               served_.model().schema, {});
  });
  pipeline::RowBlock block;
  block.parsed.capture = scratch_.parsed.capture;
  const auto parse_next = [&] {
    if (!reader->read(block)) return false;
    reader->parse(block);
    return true;
  };
  while (problems_.size() < features::ParsedRows::kMaxProblems && parsing(parse_next)) {
    std::swap(scratch_.parsed, block.parsed);
    score();
  }
}

Response Prediction::answer(std::string content_type, std::string body) {
  if (recording_) request_.recorder->put(std::move(*recording_));
  Response response;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  response.subject = {served_.name(), served_.version(), rows_,
                      std::chrono::steady_clock::now() - begin_};
  return response;
}

}  // namespace mlserve::server

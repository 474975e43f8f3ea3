#include "server/prediction_error.hpp"

#include "pipeline/row_reader.hpp"

namespace mlserve::server {
namespace {

constexpr std::string_view kBadBody = "Seems input is incomplete or not in JSON";
/// Errors that one answer lists; the count of the others is said.
constexpr std::size_t kMaxListedErrors = 100;

std::string count_of(const std::vector<features::RowProblem>& problems, std::size_t listed) {
  std::string text = std::to_string(problems.size());
  text += problems.size() == 1 ? " error" : " errors";
  if (problems.size() >= features::ParsedRows::kMaxProblems) text += " or more";
  if (problems.size() > listed) {
    text += ", the first " + std::to_string(listed) + " are listed";
  }
  return text;
}

}  // namespace

TooManyRows::TooManyRows(std::size_t max_rows)
    : Error(ErrorKind::invalid_data,
            "more than " + std::to_string(max_rows) + " rows are not answered at once") {}

Response refuse_problems(ErrorShape shape, const std::vector<features::RowProblem>& problems,
                         const RowPointer& pointer) {
  std::vector<BodyError> errors;
  for (const features::RowProblem& problem : problems) {
    if (errors.size() == kMaxListedErrors) break;
    errors.push_back({pointer(problem.row, problem.field), problem.detail});
  }
  std::string detail = count_of(problems, errors.size());
  // Other protocols' clients show their users one sentence, and nothing of the list.
  if (shape != ErrorShape::problem_details) {
    const std::string first = errors.front().pointer + " " + errors.front().detail;
    detail = errors.size() == 1 ? first : first + " (" + detail + ")";
  }
  return error_in_shape(shape, 422, kBadBody, detail, errors);
}

Response prediction_error(ErrorShape shape, const Error& error) {
  if (dynamic_cast<const Malformed*>(&error) != nullptr) {
    return error_in_shape(shape, 400, kBadBody, error.what());
  }
  if (dynamic_cast<const pipeline::WrongHeader*>(&error) != nullptr) {
    return error_in_shape(shape, 422, kBadBody, error.what());
  }
  if (dynamic_cast<const TooManyRows*>(&error) != nullptr) {
    return error_in_shape(shape, 413, "", error.what());
  }
  if (error.kind() == ErrorKind::unavailable) {
    return error_in_shape(shape, 504, "", error.what());
  }
  return error_in_shape(shape, error);
}

}  // namespace mlserve::server

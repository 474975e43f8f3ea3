#include "store/postgres_uri.hpp"

#include <algorithm>
#include <string_view>

#include "core/error.hpp"

namespace mlserve::store {
namespace {

constexpr std::string_view kHidden = "…";

/// A password's place in a URI.
struct Place {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// "user:password@" ends at an '@' before the first '/'; an '@' between that and the '?' means that
// the '/' was one of the password. Empty if there is none.
Place find_password(std::string_view uri) {
  const std::size_t begin = uri.find("://") + 3;
  const std::size_t slash = std::min(uri.find('/', begin), uri.size());
  const std::size_t colon = std::min(uri.find(':', begin), slash);
  const std::size_t at = uri.substr(0, slash).rfind('@');
  if (at != std::string_view::npos) return {std::min(colon + 1, at), at};
  const std::string_view path = uri.substr(0, uri.find('?', slash)).substr(slash);
  if (colon < slash && path.find('@') != std::string_view::npos) {
    throw Error(ErrorKind::invalid_argument,
                "the password in the URI of the store holds a '/': write it as %2F");
  }
  return {begin, begin};
}

bool is_secret(std::string_view parameter) {
  return parameter.ends_with("password") || parameter.ends_with("secret");
}

// "…?sslmode=require&password=secret"
std::vector<Place> find_parameters(std::string_view uri, std::size_t behind) {
  std::vector<Place> found;
  std::size_t mark = uri.find('?', behind);
  while (mark < uri.size()) {
    const std::size_t end = std::min(uri.find('&', mark + 1), uri.size());
    const std::size_t equals = uri.find('=', mark);
    if (equals < end && is_secret(uri.substr(mark + 1, equals - mark - 1)))
      found.push_back({equals + 1, end});
    mark = end;
  }
  return found;
}

void replace_all(std::string& text, std::string_view old, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(old, at)) != std::string::npos; at += with.size())
    text.replace(at, old.size(), with);
}

}  // namespace

PostgresUri::PostgresUri(std::string text) : text_(std::move(text)) {
  std::vector<Place> places = {find_password(text_)};
  const std::vector<Place> parameters = find_parameters(text_, places.front().end);
  places.insert(places.end(), parameters.begin(), parameters.end());
  std::size_t done = 0;
  for (const Place& place : places) {
    if (place.begin == place.end) continue;
    shown_ += text_.substr(done, place.begin - done);
    shown_ += kHidden;
    passwords_.push_back(text_.substr(place.begin, place.end - place.begin));
    done = place.end;
  }
  shown_ += text_.substr(done);
}

std::string PostgresUri::scrub(std::string message) const {
  for (const std::string& password : passwords_) replace_all(message, password, kHidden);
  while (!message.empty() && message.back() == '\n') message.pop_back();
  replace_all(message, "\n\t", " ");
  replace_all(message, "\n", "; ");
  return message;
}

}  // namespace mlserve::store

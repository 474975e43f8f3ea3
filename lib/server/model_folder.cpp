#include "server/model_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <set>
#include <utility>

#include "core/atomic_file.hpp"
#include "core/descriptor.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "model/model_file.hpp"

namespace mlserve::server {
namespace {

constexpr std::size_t kMaxAliasBytes = std::size_t{1} << 20;

std::string without_last_slashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

ModelFolder::ModelFolder(const std::string& path, Clock clock)
    : path_(without_last_slashes(path)), clock_(std::move(clock)) {}

std::string ModelFolder::followed() const {
  return watched_ ? "the system tells of changes" : "looked at every few seconds";
}

ModelListing ModelFolder::list(Look look) {
  ModelListing listing;
  const Files files = look_around(look, listing.problem);
  read_aliases(files, look);
  listing.aliases = aliases_;
  if (!aliases_problem_.empty()) listing.problem = aliases_problem_;
  std::set<std::pair<std::string, std::string>> known;
  for (const auto& [path, file] : files) {
    if (file.name.empty()) continue;
    if (known.emplace(file.name, file.version).second) {
      listing.offers.push_back({file.name, file.version, path, file.stamp});
    } else {
      listing.problem = shown(path, 200) + ": another file is version " + shown(file.version) +
                        " of '" + shown(file.name) + "', too";
    }
  }
  listed_ = true;
  return listing;
}

ModelFolder::Files ModelFolder::look_around(Look look, std::string& problem) {
  FolderScan scan = scan_folder(path_);
  problem = std::move(scan.problem);
  {
    const std::lock_guard lock(mutex_);
    folders_ = std::move(scan.folders);
  }
  const SteadyTime now = clock_();
  files_.see(scan.files, now);
  if (look == Look::now) {
    files_.settle();
    settled_ = true;
  } else {
    settled_ = files_.settle(now);
  }
  return files_.settled();
}

void ModelFolder::read_aliases(const Files& files, Look look) {
  const auto file =
      std::ranges::find_if(files, [](const auto& one) { return one.second.name.empty(); });
  if (file == files.end()) {
    aliases_stamp_.clear();
    aliases_.clear();
    aliases_problem_.clear();
    return;
  }
  const auto& [path, found] = *file;
  if (look == Look::settled && found.stamp == aliases_stamp_) return;
  try {
    aliases_ = parse_aliases(read_file(path, kMaxAliasBytes), path);
    aliases_problem_.clear();
  } catch (const Error& error) {
    if (!listed_) throw;
    aliases_problem_ = error.what();
  }
  aliases_stamp_ = found.stamp;
}

// What cannot be opened may be so for a reason that passes (no more descriptors); what is in it
// only passes with a change.
model::Model ModelFolder::read(const ModelOffer& offer) {
  if (!Descriptor(::open(offer.place.c_str(), O_RDONLY | O_CLOEXEC))) {
    throw system_error(ErrorKind::unavailable, "cannot read " + offer.place, errno);
  }
  return model::load(offer.place);
}

std::vector<std::string> ModelFolder::folders() const {
  const std::lock_guard lock(mutex_);
  return folders_;
}

}  // namespace mlserve::server

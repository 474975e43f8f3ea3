#include "server/model_file_source.hpp"

#include <filesystem>
#include <utility>

#include "model/model_file.hpp"

namespace mlserve::server {
namespace {

constexpr const char* kOnlyVersion = "1";

}  // namespace

ModelFileSource::ModelFileSource(std::string path, std::string name)
    : path_(std::move(path)),
      name_(name.empty() ? std::filesystem::path(path_).stem().string() : std::move(name)) {}

ModelListing ModelFileSource::list(Look) { return {{{name_, kOnlyVersion, path_, ""}}, {}, {}}; }

model::Model ModelFileSource::read(const ModelOffer&) { return model::load(path_); }

}  // namespace mlserve::server

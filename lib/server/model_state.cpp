#include "server/model_state.hpp"

namespace mlserve::server {

std::string_view load_state_name(LoadState state) {
  switch (state) {
    case LoadState::ready:
      return "ready";
    case LoadState::loading:
      return "loading";
    case LoadState::unloading:
      return "unloading";
    case LoadState::unavailable:
      return "unavailable";
  }
  return "unavailable";
}

}  // namespace mlserve::server

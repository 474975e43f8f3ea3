#pragma once

#include <vector>

#include "server/http.hpp"
#include "server/service.hpp"

namespace mlserve::server {

/// What says and changes which versions of the models are served. `service` outlives the routes;
/// without jobs it has no store.
///
/// GET /models/{name}/versions: every version that is known of, the store's too, with its state.
/// POST /models/{name}/load: reads the model again, or for the first time; 200 with its versions,
/// 409 when one cannot be used: what was served goes on.
/// DELETE /models/{name}: 204, the model is served no more: a model of the store by no server, one
/// of a file or a folder not by this one, until it is loaded again.
/// POST /models/{name}/versions/{version}/promote: 200 when the store's version serves here; other
/// servers follow. Going back to an older version takes the newer ones' promotion. 409 for one that
/// cannot be used.
/// POST /-/reload: reads the models of all files and folders again; 409 when one cannot be used.
std::vector<Route> model_admin_routes(Service& service);

}  // namespace mlserve::server

#pragma once

#include <chrono>
#include <string>

#include "support/catch_shim.hpp"

#include "core/sha256.hpp"
#include "core/uuid.hpp"
#include "store/store.hpp"

namespace mlserve::testing {

/// Adds a version of `name` as a training does, with this text of a model file.
inline void add_version(store::Store& store, const std::string& name, const std::string& text,
                        bool promote = true) {
  const std::string checksum = sha256_hex(text);
  store.models().publish(checksum, text);
  store::NewJob job;
  job.id = make_uuid();
  job.kind = "train";
  job.model = name;
  store.jobs().submit(job, {});
  const auto claimed = store.jobs().claim({"worker", make_uuid()});
  REQUIRE(claimed);
  store::JobResult end;
  end.summary = "{}";
  end.time_to_live = std::chrono::hours(1);
  end.version = store::NewVersion{name, checksum, promote};
  REQUIRE(store.jobs().finish({claimed->id, claimed->token}, end));
}

}  // namespace mlserve::testing

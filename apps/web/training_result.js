// What a training came to: metrics, curves, and the model that serves or may serve.

import {getJson, modelPath} from "./api.js";
import {aboutServer, promote, refreshModels} from "./catalog.js";
import {actions, button, card, fill, hint, link, make, say} from "./dom.js";
import {count, counted} from "./format.js";
import {detailPlots, metricTiles} from "./measures.js";
import {problemView} from "./problems.js";
import {address} from "./route.js";

const LOOKS = 8;          // for the new version
const FIRST_PAUSE = 250;  // milliseconds between two looks, twice as long each time

export async function trainingResult(job) {
  try {
    const told = await getJson(`jobs/${job.id}/result`);
    return make("div", {},
        card("Model", servingOf(job, told.checksum)),
        measured(told),
        notes(told));
  } catch (problem) {
    return make("section", {class: "card"}, problemView(problem));
  }
}

function measured(told) {
  const {validation} = told;
  const how = !validation ? "" : validation.folds > 0 ?
    `Means over ${validation.folds} folds, each measured with a model of the others.` :
    `Measured on ${counted(validation.rows, "row")} held out; the model itself is fitted on all ${count(told.rows)}.`;
  return card("How good it is",
      make("h2", {}, "How good it is"), hint(how),
      metricTiles(told.metrics, validation?.metrics_standard_deviations),
      validation && detailPlots(validation.details, told.target));
}

function notes(told) {
  const warnings = [
    ...(told.converged ? [] : ["The fit has not converged."]), ...told.inference.warnings];
  return card("What it learned from",
      make("h2", {}, "What it learned from"),
      make("p", {}, `${counted(told.rows, "row")}, ${counted(told.features.length, "feature")}: `,
          told.features.map(({name}) => name).join(", ")),
      told.left_out.length === 0 ? null : make("ul", {class: "hint"}, told.left_out.map(
          ({column, reason}) => make("li", {}, `${column} is left out: ${reason}`))),
      warnings.length === 0 ? null : make("ul", {class: "hint"}, warnings.map((text) => make("li", {}, text))));
}

/** Whether the new version serves; a version that was not promoted can be, here. */
function servingOf(job, checksum) {
  const place = make("div", {}, make("p", {}, "Looking for the new version …"));
  settle(place, job.model, checksum);
  return place;
}

async function settle(place, name, checksum) {
  try {
    const found = await versionOf(name, checksum);
    if (found.serves) {
      await refreshModels();
      fill(place, make("h2", {}, `${name} serves`),
          hint(`Version ${found.version}, on every server of this store.`),
          actions(link(`Ask ${name}`, address("ask", name), {class: "button primary"}),
              link("Send a file", address("file", name), {class: "button"})));
      return;
    }
    fill(place, make("h2", {}, `${name} is stored`), hint(found.version ?
      `Version ${found.version} does not serve${found.reason ? `: ${found.reason}` : ""}.` : "It does not serve here yet."),
        await serveActions(place, name, found.version, checksum));
  } catch (problem) {
    fill(place, problemView(problem, () => settle(place, name, checksum)));
  }
}

async function serveActions(place, name, version, checksum) {
  const again = button("Look again", () => settle(place, name, checksum));
  if (!version) return actions(again);
  if (!(await aboutServer()).admin) {
    return hint("Serving it needs a server with ", make("code", {}, "--admin"),
        ", or a training that says “serve it”.");
  }
  return actions(button("Serve it", async () => {
    try {
      await promote(name, version);
      say(`${name} serves`);
      await settle(place, name, checksum);
    } catch (problem) {
      fill(place, problemView(problem, () => settle(place, name, checksum)));
    }
  }, {class: "primary"}));
}

/** The version with that checksum; servers take it over shortly after the job has ended. */
async function versionOf(name, checksum) {
  let found = {};
  for (let look = 0, pause = FIRST_PAUSE; look < LOOKS; ++look, pause *= 2) {
    if (look > 0) await new Promise((go) => { setTimeout(go, pause); });
    const told = await getJson(`${modelPath(name)}/versions`).catch((error) => {
      if (error.status === 404) return {versions: []};
      throw error;
    });
    const version = told.versions.find((one) => one.checksum === `sha256:${checksum}`);
    if (version) found = {...version, serves: version.state === "ready" && told.serving === version.version};
    if (found.serves || found.state === "unavailable") break;
  }
  return found;
}

// What a training came to: metrics, curves, coefficients, and the model that serves or may serve.

import {getJson, modelPath, send} from "./api.js";
import {aboutServer, refreshModels} from "./catalog.js";
import {button, fill, link, make, say} from "./dom.js";
import {count, counted} from "./format.js";
import {coefficientTable, detailPlots, metricTiles} from "./measures.js";
import {problemView} from "./problems.js";
import {resultOf} from "./result.js";
import {address} from "./route.js";

const LOOKS = 8;          // for the new version
const FIRST_PAUSE = 250;  // milliseconds between two looks, twice as long each time

export async function trainingResult(job) {
  try {
    const told = await resultOf(job);
    return make("div", {},
        make("section", {className: "card", "aria-label": "Model"}, servingOf(job, told.checksum)),
        measured(told),
        notes(told));
  } catch (problem) {
    return make("section", {className: "card"}, problemView(problem));
  }
}

function measured(told) {
  const {validation} = told;
  const how = !validation ? "" : validation.folds > 0 ?
    `Means over ${validation.folds} folds, each measured with a model of the others.` :
    `Measured on ${counted(validation.rows, "row")} held out; the model itself is fitted on all ${count(told.rows)}.`;
  return make("section", {className: "card", "aria-label": "How good it is"},
      make("h2", {}, "How good it is"), make("p", {className: "hint"}, how),
      metricTiles(told.metrics, validation?.metrics_standard_deviations),
      validation ? detailPlots(validation.details, told.target) : null);
}

function notes(told) {
  const warnings = [
    ...(told.converged ? [] : ["The fit has not converged."]), ...told.inference.warnings];
  return make("section", {className: "card", "aria-label": "What it learned from"},
      make("h2", {}, "What it learned from"),
      make("p", {}, `${counted(told.rows, "row")}, ${counted(told.features.length, "feature")}: `,
          told.features.map(({name}) => name).join(", ")),
      told.left_out.length === 0 ? null : make("ul", {className: "hint"}, told.left_out.map(
          ({column, reason}) => make("li", {}, `${column} is left out: ${reason}`))),
      warnings.length === 0 ? null : make("ul", {className: "hint"}, warnings.map((text) => make("li", {}, text))),
      coefficientTable(told.coefficients));
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
          make("p", {className: "hint"}, `Version ${found.version}, on every server of this store.`),
          make("p", {className: "actions"}, link(`Ask ${name}`, address("ask", name), {className: "button primary"}),
              link("Send a file", address("file", name), {className: "button"})));
      return;
    }
    fill(place, make("h2", {}, `${name} is stored`), make("p", {className: "hint"}, found.version ?
      `Version ${found.version} does not serve${found.reason ? `: ${found.reason}` : ""}.` : "It does not serve here yet."),
        await serveActions(place, name, found.version, checksum));
  } catch (problem) {
    fill(place, problemView(problem, () => settle(place, name, checksum)));
  }
}

async function serveActions(place, name, version, checksum) {
  const again = button("Look again", () => settle(place, name, checksum));
  if (!version) return make("p", {className: "actions"}, again);
  if (!(await aboutServer()).admin) {
    return make("p", {className: "hint"}, "Serving it needs a server with ", make("code", {}, "--admin"),
        ", or a training that says “serve it”.");
  }
  return make("p", {className: "actions"}, button("Serve it", async () => {
    try {
      await send(`${modelPath(name)}/versions/${encodeURIComponent(version)}/promote`, {method: "POST"});
      say(`${name} serves`);
      await settle(place, name, checksum);
    } catch (problem) {
      fill(place, problemView(problem, () => settle(place, name, checksum)));
    }
  }, {className: "primary"}));
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

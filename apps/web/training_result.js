// What a training came to: metrics, curves, and the model that serves or may serve.

import {getJson, modelPath} from "./api.js";
import {aboutServer, promote, refreshModels} from "./catalog.js";
import {actions, button, card, hint, link, make, refill, say} from "./dom.js";
import {count, counted} from "./format.js";
import {lookFor} from "./look_for.js";
import {detailPlots, metricTiles} from "./measures.js";
import {problemView} from "./problems.js";
import {address} from "./route.js";

/** Of a training that has succeeded; `signal` ends its looking for the new version. */
export async function trainingResult(job, signal) {
  const told = await getJson(`jobs/${job.id}/result`, {signal});
  const place = make("div", {}, make("p", {}, "Looking for the new version …"));
  new Serving(place, job.model, told.checksum, signal).settle();
  return make("div", {}, card("Model", place), measured(told), notes(told));
}

function measured(told) {
  const {validation} = told;
  const heading = make("h2", {}, "How good it is");
  if (!validation) return card("How good it is", heading, make("p", {}, "Not measured: no rows were held out."));
  const how = validation.folds > 0 ?
    `Means over ${validation.folds} folds, each measured with a model of the others.` :
    `Measured on ${counted(validation.rows, "row")} held out; the model itself is fitted on all ${count(told.rows)}.`;
  return card("How good it is", heading, hint(how),
      metricTiles(told.metrics, validation.metrics_standard_deviations),
      detailPlots(validation.details, told.target));
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
class Serving {
  constructor(place, name, checksum, signal) {
    Object.assign(this, {place, name, checksum, signal});
  }

  async settle() {
    try {
      const {version, serves, why} = await lookFor(() => this.version(), this.signal) ?? {};
      if (serves) await refreshModels();
      refill(this.place, serves ? this.servingView(version) : await this.storedView(version, why));
    } catch (problem) {
      if (!this.signal.aborted) refill(this.place, problemView(problem, () => this.settle()));
    }
  }

  /** What has become of it, as soon as that is known. */
  async version() {
    const {serving, versions} = await getJson(`${modelPath(this.name)}/versions`, {signal: this.signal}).catch((error) => {
      if (error.status === 404) return {versions: []};
      throw error;
    });
    const found = versions.find(({checksum}) => checksum === `sha256:${this.checksum}`);
    if (!found || found.state === "loading") return null;
    const {version, reason} = found;
    return {version, serves: version === serving, why: reason ?? (serving ? `version ${serving} does` : "")};
  }

  servingView(version) {
    return [make("h2", {}, `${this.name} serves`),
      hint(`Version ${version}, on every server of this store.`),
      actions(link(`Ask ${this.name}`, address("ask", this.name), {class: "button primary"}),
          link("Send a file", address("file", this.name), {class: "button"}))];
  }

  async storedView(version, why) {
    return [make("h2", {}, `${this.name} is stored`),
      hint(version ? `Version ${version} does not serve${why ? `: ${why}` : ""}.` : "It does not serve here yet."),
      !version ? actions(button("Look again", () => this.settle())) :
        (await aboutServer()).admin ? actions(button("Serve it", () => this.serve(version), {class: "primary"})) :
          hint("Serving it needs a server with ", make("code", {}, "--admin"), ", or a training that says “serve it”.")];
  }

  async serve(version) {
    try {
      await promote(this.name, version);
      say(`${this.name} serves`);
      await this.settle();
    } catch (problem) {
      refill(this.place, problemView(problem, () => this.settle()));
    }
  }
}

// The list of models, and what is known of one.

import {getJson, modelPath, send} from "./api.js";
import {aboutServer, describeModel, listAliases, onModels, refreshModels, summaryOf} from "./catalog.js";
import {button, fill, link, make, table} from "./dom.js";
import {count, counted, number} from "./format.js";
import {metricTiles} from "./measures.js";
import {noModels} from "./model_picker.js";
import {problemView} from "./problems.js";
import {address} from "./route.js";

const FILTER_FROM = 12;
const MOST_CATEGORIES = 6;

export async function openModels([name]) {
  return name ? openModel(name) : openList();
}

async function openList() {
  const place = make("div");
  const show = async () => {
    const models = await refreshModels();
    fill(place, models.length === 0 ? noModels() : make("ul", {className: "models"}, models.map(modelItem)), aliasList());
  };
  await show();
  return {
    title: "Models",
    element: make("div", {}, make("h1", {}, "Models"),
        make("p", {className: "lead"}, "What this server answers with now."), place),
    close: onModels(() => show().catch(() => {})),  // the banner says that the server is gone
  };
}

function modelItem({name, version, versions, task, estimator}) {
  return make("li", {className: "card"},
      make("div", {className: "heading"}, make("h2", {}, link(name, address("models", name))),
          make("span", {className: "hint"}, [`version ${version}`,
            versions.length > 1 ? `one of ${count(versions.length)}` : ""].filter(Boolean).join(", "))),
      make("p", {className: "hint"}, task ? `${task}, ${estimator}` : ""),
      make("p", {className: "actions"},
          link("Ask", address("ask", name), {className: "button quiet", "aria-label": `Ask ${name}`}),
          link("File", address("file", name), {className: "button quiet", "aria-label": `Send a file to ${name}`})));
}

function aliasList() {
  const aliases = listAliases();
  if (aliases.length === 0) return null;
  return make("section", {className: "card", "aria-label": "Other names"}, make("h2", {}, "Other names"),
      make("ul", {}, aliases.map(({name, model, version}) => make("li", {},
          link(name, address("models", name)), ` is version ${version} of ${model}`))));
}

async function openModel(name) {
  const model = await describeModel(name);
  const about = await aboutServer();
  const element = make("div");
  const versions = make("section", {className: "card", "aria-label": "Versions"});
  const showVersions = async () => {
    try {
      const told = await getJson(`${modelPath(model.name)}/versions`);
      fill(versions, make("h2", {}, "Versions"), versionTable(told, about.admin, showVersions));
    } catch (problem) {
      fill(versions, problemView(problem, showVersions));
    }
  };
  fill(element,
      make("p", {className: "back"}, link("All models", address("models"))),
      make("div", {className: "heading"}, make("h1", {}, name), make("p", {className: "inline"},
          link("Ask", address("ask", name), {className: "button primary"}),
          link("File", address("file", name), {className: "button"}))),
      make("p", {className: "lead"}, summaryOf(model)),
      Object.keys(model.metrics).length === 0 ? null :
        make("section", {className: "card", "aria-label": "Measures"}, make("h2", {}, "How good it is"), metricTiles(model.metrics)),
      featureCard(model), versions);
  await showVersions();
  return {title: name, element};
}

function featureCard({features}) {
  const rows = features.map((feature) => [feature.name, feature.kind, rangeOf(feature), count(feature.missing)]);
  const place = make("div");
  const show = (words) => fill(place, table("Features", ["Feature", "Kind", "In training", "Missing"],
      rows.filter(([name]) => name.toLowerCase().includes(words)), {numeric: [3], className: "tall"}));
  show("");
  return make("section", {className: "card", "aria-label": "Features"},
      make("h2", {}, counted(features.length, "feature")),
      features.length < FILTER_FROM ? null : make("div", {className: "filter", role: "search"},
          make("input", {type: "search", placeholder: "Find a feature", "aria-label": "Find a feature",
            oninput: (event) => show(event.target.value.toLowerCase())})),
      place);
}

function rangeOf({kind, minimum, maximum, categories, words}) {
  if (kind === "text") return `${count(words)} words`;
  if (categories) {
    const more = categories.length - MOST_CATEGORIES;
    return categories.slice(0, MOST_CATEGORIES).join(", ") + (more > 0 ? ` and ${count(more)} more` : "");
  }
  return [minimum, maximum].map((bound) => (typeof bound === "number" ? number(bound) : bound)).join(" to ");
}

function versionTable({name, serving, versions}, admin, done) {
  const trouble = make("div");
  const promote = (version) => button("Serve it", async () => {
    try {
      await send(`${modelPath(name)}/versions/${encodeURIComponent(version)}/promote`, {method: "POST"});
      await refreshModels();
      await done();
    } catch (problem) {
      fill(trouble, problemView(problem));
    }
  }, {className: "quiet", "aria-label": `Serve version ${version}`});
  return [
    table("Versions", ["Version", "State", "From", ...(admin ? ["Action"] : [])], versions.map(
        ({version, state, source, reason}) => [
          version, version === serving ? make("strong", {}, "serves") : reason ?? state, source ?? "",
          ...(admin ? [version === serving ? "" : promote(version)] : [])])),
    trouble,
  ];
}

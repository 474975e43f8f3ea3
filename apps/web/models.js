// The list of models, and what is known of one.

import {getJson, modelPath} from "./api.js";
import {aboutServer, describeModel, listModels, onModels, promote, refreshModels, summaryOf} from "./catalog.js";
import {actions, button, card, fill, hint, link, make, refill, searchBox, table} from "./dom.js";
import {count, counted, number} from "./format.js";
import {metricTiles} from "./measures.js";
import {noModels} from "./model_picker.js";
import {problemView} from "./problems.js";
import {address} from "./route.js";

const FILTER_FROM = 12;
const MOST_CATEGORIES = 6;
const MOST_SUMMARIES = 30;

export async function openModels([name]) {
  return name ? openModel(name) : openList();
}

async function openList() {
  const place = make("div");
  const show = async () => {
    const models = await listModels();
    refill(place, models.length === 0 ? await noModels("Models") : [make("h1", {}, "Models"),
      make("p", {class: "lead"}, "What this server answers with now."),
      make("ul", {class: "models"}, models.map(modelItem))]);
  };
  await refreshModels();
  await show();
  return {
    title: "Models",
    element: place,
    close: onModels(() => show().catch(() => {})),  // the banner says that the server is gone
  };
}

function modelItem({name}, i) {
  const summary = hint();
  if (i < MOST_SUMMARIES) describeModel(name).then((model) => fill(summary, summaryOf(model)), () => {});
  return make("li", {class: "card"},
      make("h2", {}, link(name, address("models", name))),
      summary,
      actions(link("Ask", address("ask", name), {class: "button quiet", "aria-label": `Ask ${name}`}),
          link("File", address("file", name), {class: "button quiet", "aria-label": `Send a file to ${name}`})));
}

async function openModel(name) {
  const {admin} = await aboutServer();
  const facts = make("div");
  const versions = card("Versions");
  let checksum;  // of the model that the facts are of
  const show = async () => {
    const model = await describeModel(name);
    if (model.checksum !== checksum) refill(facts, factsOf(model));
    checksum = model.checksum;
    await showVersions();
  };
  const showVersions = async () => {
    try {
      const told = await getJson(`${modelPath(name)}/versions`);
      refill(versions, [make("h2", {}, "Versions"), versionTable(told, admin, showVersions)]);
    } catch (problem) {
      fill(versions, problemView(problem, showVersions));
    }
  };
  await show();
  return {
    title: name,
    element: make("div", {},
        make("p", {class: "back"}, link("All models", address("models"))),
        make("div", {class: "heading"}, make("h1", {}, name), make("p", {class: "inline"},
            link("Ask", address("ask", name), {class: "button primary"}),
            link("File", address("file", name), {class: "button"}))),
        facts, versions),
    close: onModels(() => show().catch(() => {})),
  };
}

const factsOf = (model) => [
  make("p", {class: "lead"}, summaryOf(model)),
  Object.keys(model.metrics).length === 0 ? null :
    card("Measures", make("h2", {}, "How good it is"), metricTiles(model.metrics)),
  featureCard(model)];

function featureCard({features}) {
  const rows = features.map((feature) => [feature.name, feature.kind, rangeOf(feature), count(feature.missing)]);
  const place = make("div");
  const show = (words) => fill(place, table("Features", ["Feature", "Kind", "In training", "Missing"],
      rows.filter(([name]) => name.toLowerCase().includes(words)), {numeric: [3], class: "tall"}));
  show("");
  return card("Features",
      make("h2", {}, counted(features.length, "feature")),
      features.length < FILTER_FROM ? null : make("div", {class: "filter", role: "search"},
          searchBox("Find a feature", show)),
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
  const serve = (version) => button("Serve it", async () => {
    try {
      await promote(name, version);
      await done();
    } catch (problem) {
      fill(trouble, problemView(problem));
    }
  }, {class: "quiet", "aria-label": `Serve version ${version}`});
  return [
    table("Versions", ["Version", "State", "From", ...(admin ? ["Action"] : [])], versions.map(
        ({version, state, source, reason}) => [
          version, version === serving ? make("strong", {}, "serves") : reason ?? state, source ?? "",
          ...(admin ? [version === serving ? "" : serve(version)] : [])])),
    trouble,
  ];
}

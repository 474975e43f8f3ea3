// What the server is and which models it has, as it said last.

import {getJson, modelPath, send} from "./api.js";
import {counted} from "./format.js";

let about = null;
let models = null;       // as GET /models lists them
let aliases = [];
const described = new Map();  // name → model, as GET /models/{name} tells it
const listeners = new Set();

/** Called with nothing when the list of models is another one. Returns what ends that. */
export function onModels(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What the server allows and takes. */
export async function aboutServer() {
  about ??= await getJson("about");
  return about;
}

/** Asks again when it is needed: another server may have taken the place of the one that answered. */
export function forgetServer() {
  about = null;
  models = null;
}

export async function listModels() {
  return models ?? refreshModels();
}

export const listAliases = () => aliases;

export async function refreshModels() {
  const told = await getJson("models");
  const changed = JSON.stringify(told.models) !== JSON.stringify(models);
  models = told.models;
  aliases = told.aliases;
  if (changed) for (const listener of listeners) listener();
  return models;
}

/** A model with its features; asked for again only when the list has another one of that name. */
export async function describeModel(name) {
  const listed = (models || []).find((model) => model.name === name);
  const known = described.get(name);
  if (known && listed && known.checksum === listed.checksum) return known;
  const model = await getJson(modelPath(name));
  described.set(name, model);
  return model;
}

/** Has all servers of the store answer with that version. */
export async function promote(name, version) {
  await send(`${modelPath(name)}/versions/${encodeURIComponent(version)}/promote`, {method: "POST"});
  await refreshModels();
}

/** One sentence about what a model does. */
export function summaryOf(model) {
  const {target, task, estimator, features} = model;
  const classes = target.classes || [];
  const answers = classes.length > 0 && classes.length <= 4 ? ` (${classes.join(", ")})` :
    classes.length > 0 ? ` (${counted(classes.length, "class", "classes")})` : "";
  const kind = {classification: "classifier", regression: "regression", count: "model of counts"}[task];
  return `Predicts ${target.name}${answers} from ${counted(features.length, "feature")} · ${estimator} ${kind} · version ${model.version}`;
}

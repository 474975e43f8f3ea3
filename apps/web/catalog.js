// What the server is and which models it has, as it said last.

import {getJson, modelPath, send} from "./api.js";
import {counted} from "./format.js";
import {lookFor} from "./look_for.js";

let about = null;
let listed = {models: [], aliases: []};  // as GET /models tells
let isCurrent = false;                   // the list, as far as is known
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
  isCurrent = false;
}

export async function listModels() {
  return isCurrent ? listed.models : refreshModels();
}

export const listAliases = () => listed.aliases;

export async function refreshModels(options) {
  const told = await getJson("models", options);
  isCurrent = true;
  if (JSON.stringify(told) !== JSON.stringify(listed)) {
    listed = told;
    for (const listener of listeners) listener();
  }
  return listed.models;
}

/** Nobody waits for this: what is wrong, the banner or the next request says. */
export const followModels = () => refreshModels({background: true}).catch(() => {});

/** After a training, until the server has what came of it. */
export async function expectModels() {
  const before = listed;
  await lookFor(async () => {
    await followModels();
    return listed !== before;
  });
}

/**
 * A model with its features, under the name that was asked for, which may be an alias; asked for again
 * only when the list has another one of that name.
 */
export async function describeModel(name) {
  const current = isCurrent && listed.models.find((model) => model.name === name);
  const known = described.get(name);
  if (known && current && known.checksum === current.checksum) return known;
  const model = {...await getJson(modelPath(name)), name};
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

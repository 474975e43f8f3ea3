// Requests to this server: with the key if one is needed, what goes wrong as a Problem or as
// Unreachable.

import {lost, reached} from "./connection.js";
import {wantKey} from "./key.js";

let key = "";
let declined = false;  // the reader was asked for a key and has given none
const listeners = new Set();
let skew = 0;  // of the server's clock to ours, in milliseconds

/** What the server says is wrong: its own words, by field where it says which. */
export class Problem extends Error {
  constructor(status, told, retryAfter) {
    super(told.detail || told.title || `The server answers with status ${status}.`);
    this.status = status;
    this.title = told.title || "";
    this.errors = told.errors || [];
    this.retryAfter = retryAfter;  // seconds, or undefined
  }
}

/** There is no answer: the server has gone, or the network. */
export class Unreachable extends Error {
  constructor() {
    super("The server does not answer.");
  }
}

export const hasKey = () => key !== "";

/** Called with nothing when there is another key. */
export const onKey = (listener) => listeners.add(listener);

export const serverNow = () => Date.now() + skew;

/** Headers that say who asks. */
export const credentials = () => (key ? {Authorization: `Bearer ${key}`} : {});

function noteDate(answer) {
  const date = Date.parse(answer.headers.get("Date") || "");
  // The header has whole seconds: only a clock that is really off counts.
  if (!Number.isNaN(date)) skew = Math.abs(date - Date.now()) < 2000 ? 0 : date - Date.now();
}

/** The problem that the text of an answer tells. */
export function problemOf(status, contentType, text, retryAfter) {
  let told = {};
  try {
    if ((contentType || "").includes("json")) told = JSON.parse(text);
  } catch { /* then the status must do */ }
  const seconds = Number.parseInt(retryAfter, 10);
  return new Problem(status, told, Number.isNaN(seconds) ? undefined : seconds);
}

/** A proxy that has no server behind it answers as well, but not as we do. */
export const isFromProxy = (status, contentType) =>
  [502, 503, 504].includes(status) && !(contentType || "").includes("json");

/** Asks for a key, as there is none or `detail` tells what it lacks; false when the reader has none. */
export async function renewKey(detail) {
  const given = await wantKey(key && detail);
  declined = !given;
  if (given) {
    key = given;
    for (const listener of listeners) listener();
  }
  return !declined;
}

/** What is thrown in place of an answer that has not come, or not whole. */
export function unanswered(error) {
  if (error.name === "AbortError") return error;
  lost();
  return new Unreachable();
}

/** The body of an answer: its "json", "text" or "blob". */
export async function bodyOf(answer, form) {
  try {
    return await answer[form]();
  } catch (error) {
    throw unanswered(error);
  }
}

/**
 * The answer to a request, which is fine (or that nothing has changed, if that was asked): everything
 * else is thrown. `path` is relative to the page, so a proxy may put a prefix before both. What goes on
 * in the `background` does not ask again for a key that the reader has not.
 */
export async function send(path, {headers, background, ...options} = {}) {
  for (;;) {
    const used = key;
    let answer;
    try {
      answer = await fetch(path, {
        ...options, headers: {...headers, ...credentials()}, cache: "no-store", redirect: "error",
        credentials: "omit",
      });
    } catch (error) {
      throw unanswered(error);
    }
    const type = answer.headers.get("Content-Type");
    if (isFromProxy(answer.status, type)) {
      lost();
      throw new Unreachable();
    }
    reached();
    noteDate(answer);
    if (answer.ok || answer.status === 304) return answer;
    const problem = problemOf(answer.status, type, await bodyOf(answer, "text"), answer.headers.get("Retry-After"));
    if (answer.status !== 401 || (background && declined)) throw problem;
    // Another request may have got a key meanwhile.
    if (key === used && !(await renewKey(problem.message))) throw problem;
  }
}

export const getJson = async (path, options) => bodyOf(await send(path, options), "json");

export const modelPath = (name) => `models/${encodeURIComponent(name)}`;

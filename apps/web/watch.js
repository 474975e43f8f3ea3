// Follows the jobs of this server's store: one request at a time, held by the server until there is
// something new, and none at all while no job is open.

import {getJson, Unreachable} from "./api.js";
import {lost, onBack} from "./connection.js";
import {recall, remember} from "./memory.js";

const LISTED = 50;
const WAIT = 20;          // seconds until the server answers, when nothing happens
const WAIT_PROGRESS = 1;  // the same while a job runs: its progress is news
const PAUSE = 5000;       // milliseconds after an error
const MOST_OWN = 50;      // ids that are remembered

const OPEN = new Set(["queued", "running"]);
export const isOpen = (job) => OPEN.has(job.status);

let jobs = [];            // the latest of the store, or only our own
let next = null;          // where the list goes on
let refusal = null;       // why the store's list is not shown, if it is not
let trouble = null;       // a Problem of the last round
let known = false;
const followed = new Map();   // id → {job, listeners}
const listeners = new Set();
let waiting = null;       // AbortController of the request that is held
let active = false;
let again = false;

export const state = () => ({jobs, next, refusal, trouble, known});
export const openCount = () => jobs.filter(isOpen).length;

/** Called with nothing after each look at the jobs. Returns what ends that. */
export function onJobs(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Calls `listener` with the job, whole, each time that it was looked at. Returns what ends that. */
export function follow(id, listener) {
  const entry = followed.get(id) ?? {job: null, listeners: new Set()};
  followed.set(id, entry);
  entry.listeners.add(listener);
  if (entry.job) listener(entry.job);
  look();
  return () => {
    entry.listeners.delete(listener);
    if (entry.listeners.size === 0) followed.delete(id);
  };
}

/** A job that this page has submitted: a reload, or a server that lists none, does not lose it. */
export function own(id) {
  const ids = recall("jobs") || [];
  remember("jobs", [id, ...ids.filter((other) => other !== id)].slice(0, MOST_OWN));
}

/** Looks at once, and then for as long as a job is open. */
export function look() {
  again = true;
  waiting?.abort();
  if (!active) run();
}

async function run() {
  active = true;
  while (!document.hidden && (again || somethingOpen())) {
    const wait = again ? 0 : somethingRuns() ? WAIT_PROGRESS : WAIT;
    again = false;
    try {
      await round(wait);
    } catch (error) {
      if (error.name === "AbortError") continue;
      trouble = error;
      tell();
      if (error instanceof Unreachable) await lost();
      else if (isPassing(error)) await new Promise((go) => { setTimeout(go, (error.retryAfter ?? 0) * 1000 || PAUSE); });
      else break;
    }
  }
  active = false;
  if (again && !document.hidden && !trouble) run();
}

const isPassing = ({status}) => status === 429 || status >= 500;
const somethingOpen = () => jobs.some(isOpen) || [...followed.values()].some(({job}) => job && isOpen(job));
const somethingRuns = () => [...jobs, ...[...followed.values()].map(({job}) => job)]
    .some((job) => job?.status === "running");

/** One look at all: the list, which may be held for `wait` seconds, then what is followed. */
async function round(wait) {
  waiting = new AbortController();
  const {signal} = waiting;
  try {
    await lookAtList(wait, signal);
    for (const [id, entry] of followed) await lookAt(id, entry, signal);
  } finally {
    waiting = null;
  }
  trouble = null;
  known = true;
  tell();
}

async function lookAtList(wait, signal) {
  if (!refusal) {
    try {
      const told = await getJson(`jobs?limit=${LISTED}${wait ? `&wait=${wait}` : ""}`, {signal});
      ({jobs, next} = told);
      return;
    } catch (error) {
      // Clients that are far away and have no key see their own jobs alone.
      if (error.status !== 403 && error.status !== 404) throw error;
      refusal = error;
    }
  }
  await lookAtOwn(wait, signal);
}

async function lookAtOwn(wait, signal) {
  const seen = [];
  let held = wait;  // by the first that is open
  for (const id of recall("jobs") || []) {
    const before = jobs.find((job) => job.id === id);
    if (before && !isOpen(before)) {
      seen.push(before);
      continue;
    }
    try {
      seen.push(await getJson(`jobs/${id}${held ? `?wait=${Math.min(held, 2)}` : ""}`, {signal}));
      held = 0;
    } catch (error) {
      if (error.status !== 404) throw error;
    }
  }
  jobs = seen;
  next = null;
}

async function lookAt(id, entry, signal) {
  const listed = jobs.find((job) => job.id === id);
  const stands = entry.job && !isOpen(entry.job) && (!listed || listed.status === entry.job.status);
  if (stands && entry.job.finished_at) return;
  try {
    entry.job = await getJson(`jobs/${encodeURIComponent(id)}`, {signal});
    jobs = jobs.map((job) => (job.id === id ? entry.job : job));
  } catch (error) {
    if (error.status !== 404 && error.status !== 403) throw error;
    entry.job = {id, status: "unknown", problem: error};
  }
  for (const listener of entry.listeners) listener(entry.job);
}

function tell() {
  for (const listener of listeners) listener();
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
onBack(look);

// Follows the jobs of this server's store: one request at a time, held by the server until there is
// something new, and none at all while no job is open.

import {bodyOf, getJson, onKey, send, Unreachable} from "./api.js";
import {lost, onBack} from "./connection.js";
import {forget, recall, remember} from "./memory.js";

const LISTED = 50;
const WAIT = 20;          // seconds until the server answers, when nothing happens
const WAIT_PROGRESS = 1;  // the same while a job runs: its progress is news
const WAIT_OWN = 2;       // the same for one of our own jobs: others may have news
const PATIENCE = 30;      // seconds, with an answer that does not come
const PAUSE = 5000;       // milliseconds after an error
const MOST_OWN = 50;      // ids that are remembered

const OPEN = new Set(["queued", "running"]);
export const isOpen = (job) => OPEN.has(job.status);

let jobs = [];            // the latest of the store, or only our own
let next = null;          // where the list goes on
let etag = "";            // of the list
let refusal = null;       // why the store's list is not shown, if it is not
let trouble = null;       // a Problem of the last round
let known = false;
const followed = new Map();   // id → {job, listeners}
const listeners = new Set();
let waiting = null;       // AbortController of the look that goes on
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
  const ids = [id, ...(recall("jobs") || []).filter((other) => other !== id)];
  remember("jobs", ids.slice(0, MOST_OWN));
  for (const old of ids.slice(MOST_OWN)) forget(`job.${old}`);
}

/** Of a job that is gone: it was removed, or is of another store. */
function disown(id) {
  remember("jobs", recall("jobs").filter((other) => other !== id));
  forget(`job.${id}`);
}

/** Has a job cancelled (DELETE) or tried again (POST …/retry): the answer is the job, as it is then. */
export async function changeJob(id, method, path) {
  try {
    heard(await bodyOf(await send(`jobs/${id}${path}`, {method}), "json"));
    own(id);
    tell();
  } finally {
    look();
  }
}

/** Looks at once, and then for as long as a job is open. */
export function look() {
  again = true;
  waiting?.abort();
  if (!active) run();
}

/** As `look`, when another server or another key may let see more. */
function lookAfresh() {
  refusal = null;
  etag = "";
  look();
}

async function run() {
  active = true;
  while (!document.hidden && (again || somethingOpen())) {
    const wait = again ? 0 : somethingRuns() ? WAIT_PROGRESS : WAIT;
    again = false;
    waiting = new AbortController();
    const {signal} = waiting;
    try {
      await round(wait, signal);
      trouble = null;
      known = true;
      tell();
    } catch (error) {
      if (signal.aborted) continue;
      const isLost = error instanceof Unreachable;
      trouble = isLost ? null : error;  // of that, the banner tells
      tell();
      if (!isPassing(error)) break;
      again = true;
      await (isLost ? lost() : pause(error.retryAfter * 1000 || PAUSE, signal));
    }
  }
  active = false;
}

/** Whether it may be over when it is asked again. */
const isPassing = ({status}) => status === undefined || status === 429 || status >= 500;

const seenJobs = () => [...jobs, ...[...followed.values()].flatMap(({job}) => job ?? [])];
const somethingOpen = () => seenJobs().some(isOpen);
const somethingRuns = () => seenJobs().some(({status}) => status === "running");

const pause = (duration, signal) => new Promise((go) => {
  setTimeout(go, duration);
  signal.addEventListener("abort", go, {once: true});
});

/** One look at all: the list, which may be held for `wait` seconds, then what is followed. */
async function round(wait, signal) {
  if (!refusal) await lookAtList(wait, signal);
  if (refusal) await lookAtOwn(wait, signal);
  else await lookAtFollowed(wait === 0, signal);
}

async function lookAtList(wait, signal) {
  try {
    // With the ETag of the last one: what has changed since is told at once.
    const answer = await send(`jobs?limit=${LISTED}${wait ? `&wait=${wait}` : ""}`,
        {signal: patient(wait, signal), background: true, headers: etag ? {"If-None-Match": etag} : {}});
    if (answer.status === 304) return;
    const told = await bodyOf(answer, "json");
    signal.throwIfAborted();
    ({jobs, next} = told);
    etag = answer.headers.get("ETag");
  } catch (error) {
    // Clients that are far away and have no key see their own jobs alone.
    if (error.status !== 403 && error.status !== 404) throw error;
    refusal = error;
  }
}

/** The jobs of this tab, and those that it shows. */
async function lookAtOwn(wait, signal) {
  const seen = [];
  let held = Math.min(wait, WAIT_OWN);  // by the first that is open
  for (const id of new Set([...recall("jobs") || [], ...followed.keys()])) {
    const before = jobs.find((job) => job.id === id);
    const stands = before && !isOpen(before) && !(wait === 0 && followed.has(id));
    const job = stands ? before : await lookAt(id, held, signal);
    if (isOpen(job)) held = 0;
    if (job.problem?.status === 404 && !followed.has(id)) disown(id);
    seen.push(job);
  }
  jobs = seen.filter(({problem}) => !problem);
  next = null;
  for (const job of seen) heard(job);
}

/** `fresh`: also at those that the list does not tell of. */
async function lookAtFollowed(fresh, signal) {
  for (const [id, {job}] of followed) {
    const listed = jobs.find((one) => one.id === id);
    const stands = job?.finished_at &&
        (listed ? listed.status === job.status && listed.finished_at === job.finished_at : !fresh);
    if (!stands) heard(await lookAt(id, 0, signal));
  }
}

async function lookAt(id, wait, signal) {
  try {
    const job = await getJson(`jobs/${encodeURIComponent(id)}${wait ? `?wait=${wait}` : ""}`,
        {signal: patient(wait, signal), background: true});
    signal.throwIfAborted();
    return job;
  } catch (error) {
    if (error.status !== 404 && error.status !== 403) throw error;
    return {id, status: "unknown", problem: error};
  }
}

/** Ends when it is aborted, or the answer does not come when it should. */
const patient = (wait, signal) => AbortSignal.any([signal, AbortSignal.timeout((wait + PATIENCE) * 1000)]);

/** What a server says of a job now. */
function heard(job) {
  if (!job.problem) jobs = jobs.map((one) => (one.id === job.id ? job : one));
  const entry = followed.get(job.id);
  // That it is still not there is no news, and not to be read out again.
  if (!entry || (job.problem && job.problem.message === entry.job?.problem?.message)) return;
  entry.job = job;
  for (const listener of entry.listeners) listener(job);
}

function tell() {
  for (const listener of listeners) listener();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) waiting?.abort();
  else look();
});
onBack(lookAfresh);
onKey(lookAfresh);

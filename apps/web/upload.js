// Sends a file with news of how much of it has gone, which fetch cannot tell.

import {credentials, isFromProxy, Problem, problemOf, renewKey, Unreachable} from "./api.js";
import {lost, reached} from "./connection.js";
import {actions, button, fill, make} from "./dom.js";
import {requireReadable} from "./file_begin.js";
import {bytes, percent} from "./format.js";

/** Posts a file as upload() does, and says so in `place`, with a button that stops it. */
export async function uploadFile(place, path, file, headers) {
  const stop = new AbortController();
  const words = make("p", {role: "status"}, "Sending …");
  const bar = make("progress", {max: 1, value: 0, "aria-label": "Sent"});
  fill(place, words, bar, actions(button("Stop", () => stop.abort())));
  const progress = (share) => {
    bar.value = share;
    if (share === 1) bar.removeAttribute("value");
    words.textContent = share < 1 ? `Sending, ${percent(share)} of ${bytes(file.size)} …` :
      "All sent; the server works on it …";
  };
  const key = keyOf(file, path);
  try {
    const answer = await upload(path, file, {
      headers: {...headers, "Idempotency-Key": key}, signal: stop.signal, progress});
    unanswered.get(file).delete(path);
    return answer;
  } catch (problem) {
    if (problem instanceof Problem) unanswered.get(file).delete(path);
    throw problem;
  }
}

// The keys of requests whose answer is not known, by file and path: sent again, such a request makes
// no second job.
const unanswered = new WeakMap();

function keyOf(file, path) {
  if (!unanswered.has(file)) unanswered.set(file, new Map());
  const keys = unanswered.get(file);
  if (!keys.has(path)) keys.set(path, freshKey());
  return keys.get(path);
}

// Plain HTTP has no randomUUID.
const freshKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)),
    (part) => part.toString(16).padStart(8, "0")).join("");

/**
 * Posts `body`. `progress` is called with the share that has gone, 0 to 1; `signal` stops it. The
 * answer is {status, told}; everything that is not fine is thrown, as by send().
 */
export async function upload(path, body, {headers = {}, progress = () => {}, signal} = {}) {
  for (;;) {
    const used = credentials();
    const {status, type, text, header} = await post(path, body, {...headers, ...used}, progress, signal);
    if (isFromProxy(status, type)) {
      lost();
      throw new Unreachable();
    }
    reached();
    if (status < 300) return {status, told: JSON.parse(text)};
    const problem = problemOf(status, type, text, header("Retry-After"));
    if (status !== 401) throw problem;
    // Another request may have got a key meanwhile.
    const same = used.Authorization === credentials().Authorization;
    if (same && !(await renewKey(problem.message))) throw problem;
  }
}

function post(path, body, headers, progress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({loaded, total}) => progress(total ? loaded / total : 0);
    request.onload = () => resolve({
      status: request.status, type: request.getResponseHeader("Content-Type"),
      text: request.responseText, header: (name) => request.getResponseHeader(name)});
    request.onerror = () => requireReadable(body).then(() => {
      lost();
      throw new Unreachable();
    }).catch(reject);
    request.onabort = () => reject(new DOMException("", "AbortError"));
    signal?.addEventListener("abort", () => request.abort(), {once: true});
    request.send(body);
  });
}

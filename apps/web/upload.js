// Sends a file with news of how much of it has gone, which fetch cannot tell.

import {credentials, isFromProxy, problemOf, renewKey, Unreachable} from "./api.js";
import {lost, reached} from "./connection.js";

/**
 * Posts `body`. `progress` is called with the share that has gone, 0 to 1; `signal` stops it. The
 * answer is {status, told}; everything that is not fine is thrown, as by send().
 */
export async function upload(path, body, {headers = {}, progress = () => {}, signal} = {}) {
  for (;;) {
    const {status, type, text, header} = await post(path, body, {...headers, ...credentials()}, progress, signal);
    if (isFromProxy(status, type)) {
      lost();
      throw new Unreachable();
    }
    reached();
    if (status < 300) return {status, told: JSON.parse(text)};
    const problem = problemOf(status, type, text, header("Retry-After"));
    if (status !== 401 || !(await renewKey(problem.message))) throw problem;
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
    request.onerror = () => {
      lost();
      reject(new Unreachable());
    };
    request.onabort = () => reject(new DOMException("", "AbortError"));
    signal?.addEventListener("abort", () => request.abort(), {once: true});
    request.send(body);
  });
}

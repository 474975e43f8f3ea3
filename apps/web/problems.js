// Errors as the reader sees them: the server's words, and what can be done.

import {hasKey, renewKey} from "./api.js";
import {button, fill, hint, make} from "./dom.js";
import {counted} from "./format.js";

const MOST_SHOWN = 20;

const TITLES = {
  401: "A key is needed",
  403: "This is not allowed",
  404: "There is no such thing here",
  413: "That is too much",
  429: "The server has enough to do",
  503: "The server cannot do this now",
};

/** A box about an error; `retry`, when given, is called by its button. */
export function problemView(problem, retry, heading = "strong") {
  const errors = problem.errors || [];
  const title = errors.length > 0 ? "Some values cannot be used" : TITLES[problem.status] || problem.message;
  const later = problem.retryAfter ?
    ` Try again in ${counted(problem.retryAfter, "second")}.` : "";
  return make("div", {class: "problem", role: "alert"},
      make(heading, {}, title),
      errors.length > 0 || title === problem.message ? null : make("p", {}, problem.message + later),
      errors.length === 0 ? null : make("ul", {}, errors.slice(0, MOST_SHOWN).map(
          ({pointer, detail}) => make("li", {}, make("code", {}, placeOf(pointer)), " ", detail))),
      errors.length > MOST_SHOWN ?
        hint(`and ${counted(errors.length - MOST_SHOWN, "more error")}`) : null,
      retry ? retryButton(problem, retry) : null);
}

function retryButton(problem, retry) {
  if (!isOfTheKey(problem)) return button("Try again", retry);
  return button(hasKey() ? "Use another key" : "Give a key", async () => {
    if (await renewKey(problem.message)) retry();
  });
}

/** Whether another key may do. */
export const isOfTheKey = ({status}) => status === 401 || (status === 403 && hasKey());

/** A place for a problem that may come again and again: it is said once, until it is another one. */
export function problemPlace(retry) {
  const element = make("div");
  let said = "";
  return {
    element,
    show(problem) {
      const words = problem ? `${problem.status} ${problem.message}` : "";
      if (words === said) return;
      said = words;
      fill(element, problem && problemView(problem, retry));
    },
  };
}

/** Whether the same file will be refused again. */
export const isOfTheFile = ({status}) => [400, 413, 415, 422].includes(status);

/** The names and numbers of a pointer: "#/1/Age" is ["1", "Age"]. */
export function pointerParts(pointer) {
  return pointer.split("/").slice(1).map(
      (part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** "row 2, Age" for "#/1/Age". */
function placeOf(pointer) {
  const parts = pointerParts(pointer);
  if (parts.length === 0) return "the record";
  if (!/^\d+$/.test(parts[0])) return parts.join(", ");
  return [`row ${Number(parts[0]) + 1}`, ...parts.slice(1)].join(", ");
}

/** What stands where there is nothing yet. */
export const emptyView = (title, ...more) =>
  make("div", {class: "card empty"}, make("h2", {}, title), more.map(
      (part) => (typeof part === "string" ? make("p", {}, part) : part)));

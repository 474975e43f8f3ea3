// A place to drop a file, or to choose one, and the card of the file that came.

import {card, freshId, make, table} from "./dom.js";
import {mediaTypeOf} from "./file_begin.js";
import {bytes} from "./format.js";

const places = new Set();

/**
 * {element, open(on)}: calls `take` with each file while it is open. `words` say what to drop. A file
 * may be dropped anywhere in the window: beside the box the browser would leave the page for it.
 */
export function dropPlace(words, accept, take) {
  const id = freshId();
  const input = make("input", {type: "file", id, accept, onchange: () => {
    const [file] = input.files;
    input.value = "";  // the same file may come again
    if (file) take(file);
  }});
  const how = make("span");
  const place = {
    element: make("div", {class: "drop"}, input, make("label", {htmlFor: id}, make("strong", {}, words), " ", how)),
    take: (file) => { if (!input.disabled) take(file); },
    open(on) {
      input.disabled = !on;
      how.textContent = on ? "Drop it here, or choose one from your machine." : "The next one can come when this one is through.";
    },
  };
  place.open(true);
  places.add(place);
  return place;
}

/** The place in the view that is shown, for a drag of files; of other things there is none. */
const placeFor = ({dataTransfer}) => (dataTransfer?.types.includes("Files") ?
  [...places].find(({element}) => element.isConnected) : undefined);

const over = (on) => (event) => {
  const place = placeFor(event);
  if (!place) return undefined;
  event.preventDefault();
  place.element.classList.toggle("over", on);
  return place;
};

addEventListener("dragover", over(true));
addEventListener("dragleave", (event) => { if (!event.relatedTarget) over(false)(event); });
addEventListener("drop", (event) => {
  const [file] = event.dataTransfer?.files ?? [];
  const place = over(false)(event);
  if (file) place?.take(file);
});

/** A file that was taken, with rows of its preview, what is wrong with it, and what can be done. */
export const fileCard = (file, {names, rows}, wrong, ...children) => card("The file",
    make("h2", {}, file.name, " ", make("small", {}, bytes(file.size))),
    rows.length > 0 && table(`First rows of ${file.name}`, names, rows, {class: "data"}),
    wrong && make("p", {class: "error", role: "alert"}, wrong), children);

/** Why a file cannot be sent, "" if it can. */
export const whyNot = (file, types, limit) => (!types.includes(mediaTypeOf(file)) ?
  `${types.length > 1 ? "This page sends .csv, .json, .jsonl and .ndjson files" : "A training wants a .csv file"}, also gzipped (.gz).` :
  file.size > limit ? `The server takes up to ${bytes(limit)}.` : file.size === 0 ? "The file is empty." : "");

// What a view does with a file that has become a job.

import {card, fill, link, make, say} from "./dom.js";
import {remember} from "./memory.js";
import {address, go} from "./route.js";
import {own} from "./watch.js";

/**
 * The job has a page of its own, which a reload finds again; `known` is remembered for it. The page is
 * shown, unless the reader has gone elsewhere meanwhile: then `place` of the view says where it is.
 */
export function showSubmitted(place, id, file, known = {}) {
  own(id);
  remember(`job.${id}`, {file: file.name, ...known});
  if (place.isConnected) {
    fill(place);
    go("jobs", id);
    return;
  }
  fill(place, card("The file", make("h2", {}, file.name),
      make("p", {}, "It was sent and is ", link("a job", address("jobs", id)), " now.")));
  say(`${file.name} was sent and is a job now`);
}

// The choice of the model that a view is about.

import {aboutServer, listAliases} from "./catalog.js";
import {link, make, selectOf} from "./dom.js";
import {emptyView} from "./problems.js";
import {address, go} from "./route.js";

const ID = "model";  // the same in all views: with it, the focus goes along from one to the next

/** A select that leads to the view with another model; only the name where there is one model. */
export function modelPicker(view, current, models) {
  const names = [...new Set([...models.map(({name}) => name), ...listAliases().map(({name}) => name)])];
  if (!names.includes(current)) names.push(current);
  if (names.length === 1) return make("span", {class: "model"}, current);
  const select = selectOf(names.map((name) => [name, name]), {id: ID, onchange: () => go(view, select.value)});
  select.value = current;
  return make("span", {class: "model"}, make("label", {htmlFor: ID}, "Model"), select);
}

/** What a view shows in place of its own content. */
export async function noModels(view) {
  const {training} = await aboutServer();
  const ways = training ? ["Train one on the ", link("Train", address("train")), " page, or start"] : ["Start"];
  return make("div", {}, make("h1", {}, view), emptyView("There is no model here yet",
      make("p", {}, ways, " the server with ", make("code", {}, "mlserve serve -m model.json"), ".")));
}

// Form fields for the features of a model: one a feature, fit for its kind.

import {freshId, make, selectOf} from "./dom.js";
import {bound, count} from "./format.js";
import {typeable, typedNumber} from "./typed_number.js";

const LONGEST_SELECT = 40;  // categories; of more there are suggestions while typing
const MOST_SUGGESTED = 50;
const DAY = /^\d{4}-\d\d-\d\d$/;
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?(e[-+]?\d+)?$/i;

/** A field has `name`, `element`, `value` (undefined: missing), `wrong`, `show(value)` and `mark(…)`. */
export function fieldOf(feature) {
  const id = freshId();
  const {control, read, show, note, beside} = controlOf(feature, id);
  const hint = make("p", {class: "hint", id: `${id}-hint`}, note);
  const error = make("p", {class: "error", id: `${id}-error`, hidden: true});
  const warning = make("p", {class: "warning", id: `${id}-warning`, hidden: true});
  control.id = id;
  control.setAttribute("aria-describedby", [error, warning, ...(note ? [hint] : [])].map((e) => e.id).join(" "));
  const element = make("div", {class: `field ${feature.kind}`},
      make("label", {htmlFor: id}, feature.name), control, beside, error, warning, note ? hint : null);
  return {
    name: feature.name, feature, element, control,
    get value() { return read(); },
    show,
    get wrong() { return !error.hidden; },
    /** What the server says is wrong with the value, or worth to know; "" for nothing. */
    mark(wrong, worth) {
      error.textContent = wrong;
      error.hidden = !wrong;
      warning.textContent = worth;
      warning.hidden = !worth;
      control.setAttribute("aria-invalid", wrong ? "true" : "false");
    },
  };
}

function controlOf(feature, id) {
  switch (feature.kind) {
    case "numeric": return numberControl(feature);
    case "boolean": return choice([true, false], ["true", "false"]);
    case "date": return dateControl(feature);
    case "text": return textControl(feature);
    default:
      return feature.categories.length > LONGEST_SELECT
          ? suggestions(feature, id) : choice(feature.categories, feature.categories.map(visible));
  }
}

/** A category that has nothing to see in it. */
const visible = (text) => (text.trim() === "" ? `“${text}”` : text);

// A text field: what is no number is told by the server, in its own words.
function numberControl({minimum, maximum, fill}) {
  const control = make("input", {type: "text", inputMode: "decimal", autocomplete: "off"});
  const missing = fill === undefined ? "" : `; empty counts as ${bound(fill)}`;
  return {
    control,
    read: () => (control.value.trim() === "" ? undefined : asNumber(typedNumber(control.value))),
    show: (value) => { control.value = value === undefined ? "" : typeable(value); },
    note: `${bound(minimum)} to ${bound(maximum)} in training${missing}`,
  };
}

/** A JSON number where the text is one, else the text, about which the server has its say: "007", "old", "1e999". */
const asNumber = (text) => (JSON_NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : text);

function dateControl({minimum, maximum}) {
  const days = DAY.test(minimum) && DAY.test(maximum);
  const control = make("input", {type: days ? "date" : "text", autocomplete: "off"});
  return {
    control,
    read: () => control.value.trim() || undefined,
    show: (value) => { control.value = value ?? ""; },
    note: `${minimum} to ${maximum} in training`,
  };
}

function textControl({words}) {
  const control = make("textarea", {rows: 3});
  return {
    control,
    read: () => (control.value.trim() === "" ? undefined : control.value),
    show: (value) => { control.value = value ?? ""; },
    note: `${count(words)} words are known`,
  };
}

// Options are known by number: a category may be any text.
function choice(values, texts) {
  const control = selectOf([["", "not known"], ...texts.map((text, i) => [String(i), text])]);
  return {
    control,
    read: () => (control.value === "" ? undefined : values[Number(control.value)]),
    show: (value) => { control.value = values.includes(value) ? String(values.indexOf(value)) : ""; },
    note: "",
  };
}

function suggestions({categories}, id) {
  const list = make("datalist", {id: `${id}-list`});
  const control = make("input", {type: "text", autocomplete: "off", list: list.id});
  const suggest = () => {
    const start = control.value.toLowerCase();
    const fitting = [];
    for (const category of categories) {
      if (category.toLowerCase().includes(start)) fitting.push(category);
      if (fitting.length === MOST_SUGGESTED) break;
    }
    list.replaceChildren(...fitting.map((value) => make("option", {value})));
  };
  control.addEventListener("focus", suggest);
  control.addEventListener("input", suggest);
  return {
    control,
    beside: list,
    read: () => control.value || undefined,
    show: (value) => { control.value = value ?? ""; },
    note: `one of ${count(categories.length)} categories`,
  };
}

/** A value that training saw something like of: for a first try. */
export function exampleOf({kind, fill, minimum, categories}) {
  if (kind === "numeric") return fill === undefined ? minimum : Number(fill.toPrecision(3));
  if (kind === "boolean") return true;
  if (kind === "date") return minimum;
  return kind === "categorical" ? categories[0] : undefined;
}

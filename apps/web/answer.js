// The answer to one record: what is predicted, how probable it is, and what pushed it there.

import {button, fill, freshId, hint, make, selectOf} from "./dom.js";
import {count, counted, number, percent, signedTo} from "./format.js";
import {typeable} from "./typed_number.js";

const FIRST_CLASSES = 6;
const FIRST_PUSHES = 10;

/** What stands before the first answer. */
export const noAnswer = () => make("p", {class: "empty"},
    "Fill in what you know and ask. What you leave empty counts as missing.");

/** `told` is the answer of the predict route to the one record `values` (a Map by feature). */
export function answerView(model, told, values) {
  const predicted = told.prediction[0];
  const probabilities = told.probabilities ? told.probabilities[0] : null;
  return [
    headline(model, predicted, probabilities),
    probabilities && classBars(model.target.classes, probabilities, predicted),
    pushes(model, told.explanations[0], predicted, values),
  ];
}

/** A sentence for who listens. */
export function spokenAnswer(model, told) {
  const predicted = told.prediction[0];
  if (!told.probabilities) return `${model.target.name} is ${number(predicted)}`;
  return `${model.target.name} is ${predicted}, probability ${percent(told.probabilities[0][predicted])}`;
}

function headline(model, predicted, probabilities) {
  const value = model.task === "classification" ? String(predicted) : number(predicted);
  return make("p", {class: "headline"},
      make("span", {class: "what"}, model.target.name),
      make("strong", {}, value),
      probabilities ? make("span", {class: "sure"},
          `with a probability of ${percent(probabilities[predicted])}`) : null);
}

// The most probable first, where there are many.
function classBars(classes, probabilities, predicted) {
  const names = classes.map(String);
  const shown = names.length <= FIRST_CLASSES ? names :
    names.toSorted((a, b) => probabilities[b] - probabilities[a]).slice(0, FIRST_CLASSES);
  const rest = names.length - shown.length;
  return make("div", {class: "classes"},
      make("dl", {}, shown.map((name) => {
        const bar = make("span", {class: "bar"});
        bar.style.width = `${100 * probabilities[name]}%`;
        return make("div", {class: name === String(predicted) ? "chosen" : undefined},
            make("dt", {}, name),
            make("dd", {}, make("span", {class: "track", "aria-hidden": "true"}, bar),
                make("span", {class: "number"}, percent(probabilities[name]))));
      })),
      rest > 0 && hint(`and ${counted(rest, "less probable class", "less probable classes")}`));
}

function pushes(model, explanation, predicted, values) {
  const severalClasses = typeof explanation.baseline === "object";
  const place = make("div");
  const show = (name) => {
    const of = (margins) => (severalClasses ? margins[name] : margins);
    fill(place, pushTable(model, of(explanation.baseline), Object.entries(explanation.contributions)
        .map(([effect, margins]) => ({effect, by: of(margins), value: values.get(effect)})), name));
  };
  show(String(predicted));
  const heading = make("h3", {}, severalClasses ? "What pushed it to class" : "What pushed it");
  if (!severalClasses) return [heading, place];
  const id = freshId();
  heading.id = id;
  const select = selectOf(model.target.classes.map((name) => [String(name), String(name)]), {
    "aria-labelledby": id, onchange: () => show(select.value)});
  select.value = String(predicted);
  return [make("div", {class: "inline"}, heading, select), place];
}

function scaleOf(model, of) {
  if (model.task === "regression") return "";
  if (model.task === "count") return " in the logarithm of the count";
  const {classes} = model.target;
  return classes.length === 2 ? ` in the log odds of ${classes[1]}` : ` in the score of ${of} (before softmax)`;
}

function pushTable(model, baseline, effects, of) {
  const ordered = effects.toSorted((a, b) => Math.abs(b.by) - Math.abs(a.by));
  const largest = Math.max(...ordered.map(({by}) => Math.abs(by)), Number.MIN_VALUE);
  const body = make("tbody");
  const show = (some) => fill(body, some.map((effect) => pushRow(effect, largest)));
  show(ordered.slice(0, FIRST_PUSHES));
  const more = ordered.length <= FIRST_PUSHES ? null : button(`Show all ${count(ordered.length)}`, () => {
    show(ordered);
    more.remove();
    const added = body.rows[FIRST_PUSHES];  // takes the focus over from the button
    added.tabIndex = -1;
    added.focus();
  }, {class: "quiet"});
  return [
    make("table", {class: "pushes"},
        make("thead", {class: "hidden"}, make("tr", {}, ["Feature", "Bar", "Push"].map(
            (head) => make("th", {scope: "col"}, head)))),
        body),
    more,
    hint(`A row of training means stands at ${number(baseline)}${scaleOf(model, of)}; each bar adds to it or takes from it.`),
  ];
}

function pushRow({effect, by, value}, largest) {
  const bar = make("span", {class: by < 0 ? "push down" : "push up"});
  bar.style.width = `${50 * Math.abs(by) / largest}%`;
  return make("tr", {},
      make("th", {scope: "row"}, effect, " ",
          make("small", {}, value === undefined ? "" : String(typeable(value)))),
      make("td", {class: "balance", "aria-hidden": "true"}, bar),
      make("td", {class: "number"}, signedTo(by, largest)));
}

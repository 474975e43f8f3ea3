// Elements from code. Texts are always put in as text, never as markup: names and categories come
// from data.

const ATTRIBUTES = new Set(["class", "form", "list", "role", "scope"]);

/** An element with properties and attributes, and children: elements, texts, lists, or nothing. */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [property, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (ATTRIBUTES.has(property) || property.includes("-")) element.setAttribute(property, value);
    else element[property] = value;
  }
  element.append(...solid(children));
  return element;
}

/** An element of an SVG. */
export function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) {
    element.setAttribute(attribute, value);
  }
  element.append(...solid(children));
  return element;
}

/** Puts children into an element in place of those that it has. */
export function fill(element, ...children) {
  element.replaceChildren(...solid(children));
  return element;
}

/**
 * As `fill`; who had the focus in there finds it on the first heading or button `within` what is there
 * now, or else on `otherwise`.
 */
export function refill(element, children, {within = element, otherwise} = {}) {
  const focused = element.contains(document.activeElement);
  fill(element, children);
  if (!focused) return;
  const target = within.querySelector("h1, h2, button") ?? otherwise;
  if (target.tabIndex < 0) target.tabIndex = -1;  // a heading
  target.focus();
}

const solid = (children) =>
  children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

let lastId = 0;
/** An id that no other element has. */
export const freshId = () => `e${++lastId}`;

export const button = (text, onclick, properties = {}) =>
  make("button", {type: "button", onclick, ...properties}, text);

export const link = (text, href, properties = {}) => make("a", {href, ...properties}, text);

/** A part of a view, with a name for who listens. */
export const card = (name, ...children) =>
  make("section", {class: "card", "aria-label": name}, children);

/** A line of buttons and links. */
export const actions = (...children) => make("p", {class: "actions"}, children);

/** A small text beside what matters. */
export const hint = (...children) => make("p", {class: "hint"}, children);

/** A field that calls `find` with what is looked for, in lower case. */
export const searchBox = (text, find) => make("input", {type: "search", placeholder: text,
  "aria-label": text, autocomplete: "off", oninput: ({target}) => find(target.value.toLowerCase())});

/** A check box with its label. */
export function checkBox(text, properties = {}) {
  const input = make("input", {type: "checkbox", id: freshId(), ...properties});
  return {input, element: make("div", {class: "check"}, input, make("label", {htmlFor: input.id}, text))};
}

/** A select of [value, text] pairs. */
export function selectOf(options, properties = {}) {
  return make("select", properties, options.map(([value, text]) => make("option", {value}, text)));
}

/** Has a screen reader say something. */
export function say(text) {
  document.getElementById("said").textContent = text;
}

/** A table: heads are texts or elements, rows are lists of them. Numbers stand to the right. */
export function table(caption, heads, rows, {numeric = [], class: kind = ""} = {}) {
  const side = (i) => (numeric.includes(i) ? "number" : undefined);
  return make("div", {class: `scroll ${kind}`, tabIndex: 0, role: "region", "aria-label": `${caption}, table`},
      make("table", {},
          make("caption", {class: "hidden"}, caption),
          make("thead", {}, make("tr", {}, heads.map(
              (head, i) => make("th", {scope: "col", class: side(i)}, head)))),
          make("tbody", {}, rows.map((row) => make("tr", {}, row.map(
              (cell, i) => make("td", {class: side(i)}, cell)))))));
}

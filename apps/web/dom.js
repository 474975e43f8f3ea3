// Elements from code. Texts are always put in as text, never as markup: names and categories come
// from data.

const ATTRIBUTES = new Set(["role", "list", "for", "form", "scope", "colspan"]);

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

const solid = (children) =>
  children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

let lastId = 0;
/** An id that no other element has. */
export const freshId = () => `e${++lastId}`;

export const button = (text, onclick, properties = {}) =>
  make("button", {type: "button", onclick, ...properties}, text);

export const link = (text, href, properties = {}) => make("a", {href, ...properties}, text);

/** A check box with its label. */
export function checkBox(text, properties = {}) {
  const input = make("input", {type: "checkbox", id: freshId(), ...properties});
  return {input, element: make("div", {className: "check"}, input, make("label", {for: input.id}, text))};
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
export function table(caption, heads, rows, {numeric = [], className = ""} = {}) {
  const side = (i) => (numeric.includes(i) ? "number" : undefined);
  return make("div", {className: `scroll ${className}`, tabIndex: 0, role: "region", "aria-label": caption},
      make("table", {},
          make("caption", {className: "hidden"}, caption),
          make("thead", {}, make("tr", {}, heads.map(
              (head, i) => make("th", {scope: "col", className: side(i)}, head)))),
          make("tbody", {}, rows.map((row) => make("tr", {}, row.map(
              (cell, i) => make("td", {className: side(i)}, cell)))))));
}

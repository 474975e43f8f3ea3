// Which columns a model is to learn from, and as what.

import {button, fill, hint, make, searchBox, selectOf} from "./dom.js";
import {count, counted, number} from "./format.js";

const FILTER_FROM = 12;
const KINDS = ["numeric", "categorical", "text"];  // that can be asked for
const MOST_CATEGORIES = 4;

export class FeatureChoice {
  constructor() {
    this.rows = [];
    this.element = make("div", {class: "choice"});
  }

  /** Shows what was inferred; what the reader has chosen so far stays. */
  use(schema) {
    const before = new Map(this.rows.map((row) => [row.name, row]));
    const columns = [
      ...schema.features.map((feature) => ({...feature, takes: true, note: noteOf(feature)})),
      ...schema.left_out.map(({column, reason}) => ({name: column, takes: false, note: `left out: ${reason}`})),
    ];
    this.rows = columns.map((column) => this.row(column, before.get(column.name)));
    this.told = hint();
    const body = make("tbody", {}, this.rows.map(({element}) => element));
    const filter = columns.length < FILTER_FROM ? null : make("div", {class: "filter", role: "search"},
        searchBox("Find a column", (words) => this.filter(words)),
        button("All", () => this.check(true), {class: "quiet"}),
        button("None", () => this.check(false), {class: "quiet"}));
    fill(this.element, make("h2", {}, "Features"), filter,
        make("div", {class: "scroll tall", tabIndex: 0, role: "region", "aria-label": "Columns"},
            make("table", {}, make("thead", {}, make("tr", {},
                ["Use", "Column", "Taken as", "Values"].map((head) => make("th", {scope: "col"}, head)))), body)),
        this.told);
    this.tell();
  }

  row({name, kind, takes, note}, before) {
    const use = make("input", {type: "checkbox", checked: before?.touched ? before.use.checked : takes,
      "aria-label": `Use ${name}`, onchange: () => { row.touched = true; this.tell(); }});
    const kinds = [...new Set([kind, ...KINDS].filter(Boolean))];
    const as = selectOf([...(kind ? [] : [["", "–"]]), ...kinds.map((one) => [one, one])],
        {class: "small", "aria-label": `Take ${name} as`});
    as.value = before?.as.value || (kind ?? "");
    const row = {name, kind, takes, use, as, touched: before?.touched ?? false, element: make("tr", {},
        make("td", {}, use), make("th", {scope: "row"}, name), make("td", {}, as), make("td", {class: "hint"}, note))};
    return row;
  }

  filter(words) {
    for (const {name, element} of this.rows) element.hidden = !name.toLowerCase().includes(words);
  }

  check(on) {
    for (const row of this.rows) {
      if (row.element.hidden) continue;
      row.use.checked = on;
      row.touched = true;
    }
    this.tell();
  }

  tell() {
    const used = this.rows.filter(({use}) => use.checked).length;
    this.told.textContent = `${count(used)} of ${counted(this.rows.length, "column")} are used.`;
  }

  /** As options of a training. What is as the server would have it is not said. */
  options() {
    const names = (some) => some.map(({name}) => listed(name)).join(",");
    const used = this.rows.filter(({use}) => use.checked);
    const unwanted = this.rows.filter(({use, takes}) => takes && !use.checked);
    const options = [];
    // A column that the server would leave out is used when it is named: then all are.
    if (used.some(({takes}) => !takes) || used.length < unwanted.length) options.push(["features", names(used)]);
    else if (unwanted.length > 0) options.push(["exclude", names(unwanted)]);
    for (const kind of KINDS) {
      const others = used.filter((row) => row.as.value === kind && row.kind !== kind);
      if (others.length > 0) options.push([kind, names(others)]);
    }
    return options;
  }
}

/** A name in a list with commas. */
const listed = (name) => (/[",]|^ | $/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);

function noteOf({kind, minimum, maximum, categories, words, missing}) {
  const values = kind === "text" ? `${count(words)} words` :
    categories ? categories.slice(0, MOST_CATEGORIES).join(", ") +
      (categories.length > MOST_CATEGORIES ? ` and ${count(categories.length - MOST_CATEGORIES)} more` : "") :
    minimum === undefined ? "" : `${shown(minimum)} to ${shown(maximum)}`;
  return [values, missing ? `${count(missing)} missing` : ""].filter(Boolean).join(", ");
}

const shown = (value) => (typeof value === "number" ? number(value) : value);

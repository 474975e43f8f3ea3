// The fields of a form. Where there are many, only the first are shown until a search or the reader asks
// for others.

import {button, checkBox, make, searchBox} from "./dom.js";
import {count, counted} from "./format.js";

const FILTER_FROM = 12;  // fields
const FIRST_FIELDS = 40;

export class FieldList {
  constructor(fields) {
    this.fields = fields;
    this.long = fields.length >= FILTER_FROM;
    this.most = FIRST_FIELDS;
    this.list = make("div", {class: "fields"}, fields.map(({element}) => element));
    this.more = button("", () => this.showAll(), {class: "quiet more", hidden: true});
    this.element = [this.long && this.filter(), this.list, this.more];
  }

  contains(element) { return this.list.contains(element); }

  filter() {
    this.search = searchBox("Find a feature", () => this.apply());
    const {input, element} = checkBox("Only filled", {onchange: () => this.apply()});
    this.onlyFilled = input;
    this.count = make("span", {class: "hint"});
    return make("div", {class: "filter", role: "search"}, this.search, element, this.count);
  }

  /** Some of the fields have other values, or other marks. */
  changed() {
    if (!this.long) return;
    const filled = this.fields.filter(({value}) => value !== undefined).length;
    this.count.textContent = `${count(filled)} of ${counted(this.fields.length, "feature")} filled`;
    this.apply();
  }

  // What has the focus stays, and what is to be mended is shown.
  apply() {
    const words = this.search.value.toLowerCase();
    const filled = this.onlyFilled.checked;
    const fitting = this.fields.filter(({name, value}) =>
      name.toLowerCase().includes(words) && (!filled || value !== undefined));
    const shown = new Set(fitting.slice(0, this.most));
    for (const field of this.fields) {
      field.element.hidden = !shown.has(field) && !field.wrong && field.control !== document.activeElement;
    }
    this.more.hidden = fitting.length === shown.size;
    this.more.textContent = `Show all ${count(fitting.length)} features`;
    this.next = fitting[shown.size];
  }

  showAll() {
    const {control} = this.next;  // takes the focus over from the button
    this.most = Infinity;
    this.apply();
    control.focus();
  }
}

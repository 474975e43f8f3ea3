// The view in which a model is asked about one record.

import {getJson, hasKey, modelPath} from "./api.js";
import {answerView, noAnswer, spokenAnswer} from "./answer.js";
import {describeModel, listModels, summaryOf} from "./catalog.js";
import {actions, button, checkBox, fill, make, say, searchBox} from "./dom.js";
import {exampleOf, fieldOf} from "./fields.js";
import {counted} from "./format.js";
import {recall, remember} from "./memory.js";
import {modelPicker, noModels} from "./model_picker.js";
import {pointerParts, problemView} from "./problems.js";
import {requestBody} from "./snippets.js";
import {snippetTabs} from "./snippet_tabs.js";

const FILTER_FROM = 12;  // features

export async function openAsk([wanted]) {
  const models = await listModels();
  if (models.length === 0) return {title: "Ask", element: await noModels("Ask")};
  const name = wanted ?? models[0].name;
  const model = await describeModel(name);
  const form = new AskForm(model);
  return {
    title: `Ask ${name}`,
    element: make("div", {},
        make("div", {class: "heading"}, make("h1", {}, "Ask"), modelPicker("ask", name, models)),
        make("p", {class: "lead"}, summaryOf(model)),
        make("div", {class: "columns"}, form.element, form.answer),
        form.snippets.element),
  };
}

class AskForm {
  constructor(model) {
    this.model = model;
    this.fields = model.features.map(fieldOf);
    this.answer = make("section", {class: "card answer", "aria-label": "Answer"}, noAnswer());
    this.snippets = snippetTabs();
    this.trouble = make("div");
    this.list = make("div", {class: "fields"}, this.fields.map(({element}) => element));
    const long = this.fields.length >= FILTER_FROM;
    this.element = make("form", {class: long ? "card long" : "card", noValidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        // Where it stands below the form, it is not to be missed.
        this.ask().then(() => this.answer.scrollIntoView({block: "nearest"}));
      },
      oninput: () => this.changed(),
      // Once it was asked, a change asks again.
      onchange: (event) => { if (this.asked && this.list.contains(event.target)) this.ask(); }},
    long && this.filter(),
    this.list, this.trouble,
    actions(make("button", {class: "primary"}, "Ask"),
        button("Fill in an example", () => this.show(new Map(
            this.model.features.map((feature) => [feature.name, exampleOf(feature)])))),
        button("Clear", () => this.show(new Map()))));
    this.show(new Map(recall(this.memoryName) || []), false);
  }

  get memoryName() { return `ask.${this.model.name}`; }

  /** The values that are there, by feature. */
  values() {
    return new Map(this.fields.map((field) => [field.name, field.value])
        .filter(([, value]) => value !== undefined));
  }

  show(values, forgetAnswer = true) {
    for (const field of this.fields) {
      field.show(values.get(field.name));
      field.mark("", "");
    }
    if (forgetAnswer) {
      this.asked = false;
      fill(this.answer, noAnswer());
    }
    fill(this.trouble);
    this.changed();
  }

  changed() {
    const values = this.values();
    remember(this.memoryName, [...values]);
    this.snippets.show({
      url: new URL(this.path, document.baseURI).href.split("#")[0],
      body: this.body(values), withKey: hasKey()});
    if (this.count) this.count.textContent = this.countText(values);
    if (this.onlyFilled?.checked) this.applyFilter();
  }

  get path() {
    const probabilities = this.model.task === "classification" ? "probabilities=true&" : "";
    return `${modelPath(this.model.name)}/predict?${probabilities}explain=true`;
  }

  // A record without any feature is an error: one that is missing everywhere names one.
  body(values) {
    const entries = values.size > 0 ? [...values] : [[this.fields[0].name, null]];
    return requestBody(Object.fromEntries(entries));
  }

  async ask() {
    this.asked = true;
    this.pending?.abort();
    const pending = new AbortController();
    this.pending = pending;
    const values = this.values();
    this.answer.setAttribute("aria-busy", "true");
    try {
      const told = await getJson(`${this.path}&warnings=true`, {
        method: "POST", headers: {"Content-Type": "application/json"}, body: this.body(values),
        signal: pending.signal});
      fill(this.trouble);
      for (const field of this.fields) field.mark("", warningOf(field, told.warnings[field.name]));
      fill(this.answer, make("h2", {class: "hidden"}, "Answer"), answerView(this.model, told, values));
      say(spokenAnswer(this.model, told));
    } catch (problem) {
      if (problem.name !== "AbortError") this.fail(problem);
    } finally {
      if (this.pending === pending) this.answer.removeAttribute("aria-busy");
    }
  }

  /** Errors stand at their fields; the first has the focus. What has no field stands below. */
  fail(problem) {
    const byName = new Map();
    const others = [];
    for (const error of problem.errors || []) {
      const name = pointerParts(error.pointer).at(-1);
      if (this.fields.some((field) => field.name === name)) byName.set(name, error.detail);
      else others.push(error);
    }
    for (const field of this.fields) field.mark(byName.get(field.name) ?? "", "");
    const first = this.fields.find(({name}) => byName.has(name));
    if (first) {
      first.element.hidden = false;
      first.control.focus();
    }
    const elsewhere = byName.size === 0 || others.length > 0;
    problem.errors = others;
    fill(this.trouble, elsewhere && problemView(problem, () => this.ask()));
    fill(this.answer, make("p", {class: "empty"},
        byName.size > 0 ? "Mend what is marked, then ask again." : "There is no answer."));
    if (byName.size > 0) say(`${counted(byName.size, "value")} cannot be read`);
  }

  filter() {
    this.search = searchBox("Find a feature", () => this.applyFilter());
    const {input, element} = checkBox("Only filled", {onchange: () => this.applyFilter()});
    this.onlyFilled = input;
    this.count = make("span", {class: "hint"});
    return make("div", {class: "filter", role: "search"}, this.search, element, this.count);
  }

  applyFilter() {
    const words = this.search.value.toLowerCase();
    const filled = this.onlyFilled.checked;
    for (const field of this.fields) {
      const {name, element, control} = field;
      const fits = name.toLowerCase().includes(words) && (!filled || field.value !== undefined);
      element.hidden = !fits && control !== document.activeElement;
    }
  }

  countText(values) {
    return `${values.size} of ${counted(this.fields.length, "feature")} filled`;
  }
}

/** What the server counted of the one value, in words. Missing is no news: the field is empty. */
function warningOf(field, counts) {
  if (!counts) return "";
  if (counts.unknown) return "Training never saw this.";
  return counts.out_of_range ? "Outside of what training saw." : "";
}

// The view in which a model is asked about one record.

import {getJson, hasKey, modelPath} from "./api.js";
import {answerView, noAnswer, spokenAnswer} from "./answer.js";
import {describeModel, listModels, refreshModels, summaryOf} from "./catalog.js";
import {actions, button, fill, make, say} from "./dom.js";
import {FieldList} from "./field_list.js";
import {exampleOf, fieldOf} from "./fields.js";
import {counted} from "./format.js";
import {recall, remember} from "./memory.js";
import {modelPicker, noModels} from "./model_picker.js";
import {pointerParts, problemView} from "./problems.js";
import {requestBody} from "./snippets.js";
import {snippetTabs} from "./snippet_tabs.js";

export async function openAsk([wanted]) {
  const models = await listModels();
  if (models.length === 0) return {title: "Ask", element: await noModels("Ask")};
  const name = wanted ?? models[0].name;
  const place = make("div");
  showForm(place, await describeModel(name));
  return {
    title: `Ask ${name}`,
    element: make("div", {},
        make("div", {class: "heading"}, make("h1", {}, "Ask"), modelPicker("ask", name, models)),
        place),
  };
}

/** Puts the form of a model into `place`; once another version is found to answer, the form of that one. */
function showForm(place, model) {
  const form = new AskForm(model, (successor) => {
    showForm(place, successor);
    const note = make("p", {class: "warning", tabIndex: -1},
        `${model.name} has been replaced by another version. This is its form, with your values: ask again.`);
    place.prepend(note);
    note.focus();
  });
  fill(place, make("p", {class: "lead"}, summaryOf(model)),
      make("div", {class: "columns"}, form.element, form.answer),
      form.snippets.element);
}

/** The model of that name as it serves now; the same one where that cannot be known. */
async function successorOf(model) {
  try {
    await refreshModels({background: true});
    return await describeModel(model.name);
  } catch {
    return model;
  }
}

class AskForm {
  /** `replace` is called with the model that answers in place of this one. */
  constructor(model, replace) {
    this.model = model;
    this.replace = replace;
    this.fields = model.features.map(fieldOf);
    this.list = new FieldList(this.fields);
    this.answer = make("section", {class: "card answer", "aria-label": "Answer"}, noAnswer());
    this.snippets = snippetTabs();
    this.trouble = make("div");
    this.element = make("form", {class: this.list.long ? "card long" : "card", noValidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        this.submit();
      },
      oninput: () => this.changed(),
      // Once it was asked, a change asks again.
      onchange: (event) => { if (this.asked && this.list.contains(event.target)) this.ask(); }},
    this.list.element, this.trouble,
    actions(make("button", {class: "primary"}, "Ask"),
        button("Fill in an example", () => this.show(new Map(
            this.model.features.map((feature) => [feature.name, exampleOf(feature)])))),
        button("Clear", () => this.show(new Map()))));
    this.show(new Map(recall(this.memoryName) || []));
  }

  get memoryName() { return `ask.${this.model.name}`; }

  /** The values that are there, by feature. */
  values() {
    return new Map(this.fields.map((field) => [field.name, field.value])
        .filter(([, value]) => value !== undefined));
  }

  show(values) {
    this.pending?.abort();
    this.asked = false;
    this.answer.removeAttribute("aria-busy");
    fill(this.answer, noAnswer());
    fill(this.trouble);
    for (const field of this.fields) {
      field.show(values.get(field.name));
      field.mark("", "");
    }
    this.changed();
  }

  changed() {
    const values = this.values();
    remember(this.memoryName, [...values]);
    this.snippets.show({
      url: new URL(this.path, document.baseURI).href.split("#")[0],
      body: this.body(values), withKey: hasKey()});
    this.list.changed();
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

  /** Asks for the reader, who is led to what came of it. */
  async submit() {
    if (!(await this.ask())) return;
    const wrong = this.fields.find((field) => field.wrong);
    // Where the answer stands below the form, it is not to be missed.
    if (wrong) wrong.control.focus();
    else this.answer.scrollIntoView({block: "nearest"});
  }

  /** Whether something came of it: another question, or another form, may have taken its place. */
  async ask() {
    this.asked = true;
    this.pending?.abort();
    const {signal} = this.pending = new AbortController();
    const values = this.values();
    this.answer.setAttribute("aria-busy", "true");
    let outcome;
    try {
      const told = await getJson(`${this.path}&warnings=true`, {
        method: "POST", headers: {"Content-Type": "application/json"}, body: this.body(values), signal});
      outcome = () => this.showAnswer(told, values);
    } catch (problem) {
      outcome = () => this.fail(problem);
    }
    const model = await successorOf(this.model);
    if (signal.aborted) return false;
    if (model.checksum !== this.model.checksum) {
      this.replace(model);
      return false;
    }
    this.answer.removeAttribute("aria-busy");
    outcome();
    this.list.changed();
    return true;
  }

  showAnswer(told, values) {
    fill(this.trouble);
    for (const field of this.fields) field.mark("", warningOf(field, told.warnings[field.name]));
    fill(this.answer, make("h2", {class: "hidden"}, "Answer"), answerView(this.model, told, values));
    say(spokenAnswer(this.model, told));
  }

  /** Errors stand at their fields; what has no field stands below. */
  fail(problem) {
    const byName = new Map();
    const others = [];
    for (const error of problem.errors || []) {
      const name = pointerParts(error.pointer).at(-1);
      if (this.fields.some((field) => field.name === name)) byName.set(name, error.detail);
      else others.push(error);
    }
    for (const field of this.fields) field.mark(byName.get(field.name) ?? "", "");
    const elsewhere = byName.size === 0 || others.length > 0;
    problem.errors = others;
    fill(this.trouble, elsewhere && problemView(problem, () => this.ask()));
    fill(this.answer, make("p", {class: "empty"},
        byName.size > 0 ? "Mend what is marked, then ask again." : "There is no answer."));
    if (byName.size > 0) say(`${counted(byName.size, "value")} cannot be read`);
  }
}

/** What the server counted of the one value, in words. Missing is no news: the field is empty. */
function warningOf(field, counts) {
  if (!counts) return "";
  if (counts.unknown) return "Training never saw this.";
  return counts.out_of_range ? "Outside of what training saw." : "";
}

// What a model is to be made of one file: the column to predict, from which others, and as what.

import {actions, checkBox, fill, freshId, hint, make, selectOf} from "./dom.js";
import {FeatureChoice} from "./feature_choice.js";
import {headersOf} from "./file_begin.js";
import {isOfTheFile, problemView} from "./problems.js";
import {schemaOf} from "./schema.js";
import {uploadFile} from "./upload.js";

const TASKS = [["", "what its values say"], ["classification", "classes"], ["regression", "numbers"], ["count", "counts"]];
const MEASURES = [["", "on a fifth, held out"], ["5", "on 5 folds"], ["10", "on 10 folds"]];

export class TrainForm {
  /** `panel` has {about, models, drop, submitted()}; `columns` are the server's names. */
  constructor(panel, file, columns, target) {
    this.panel = panel;
    this.file = file;
    this.target = selectOf(columns.map((name) => [name, name]), {id: freshId(), onchange: () => this.infer()});
    this.target.value = target;
    this.task = selectOf(TASKS, {id: freshId(), onchange: () => this.infer()});
    this.choice = new FeatureChoice();
    this.inferred = make("div");
    this.name = make("input", {type: "text", id: freshId(), autocomplete: "off", spellcheck: false,
      value: suggestedName(file.name), oninput: () => this.showNote()});
    this.nameNote = make("p", {id: freshId()});
    this.name.setAttribute("aria-describedby", this.nameNote.id);
    this.measure = selectOf(MEASURES, {id: freshId()});
    this.promote = checkBox("Serve it as soon as it is trained", {checked: true});
    this.trouble = make("div");
    this.start = make("button", {class: "primary"}, "Train");
    this.element = make("form", {class: "card", noValidate: true, "aria-label": "The model",
      onsubmit: (event) => { event.preventDefault(); this.submit(); }},
    make("div", {class: "fields"},
        field("What to predict", this.target), field("Predicted as", this.task),
        field("Name of the model", this.name, this.nameNote), field("Measured", this.measure)),
    this.inferred, this.promote.element, this.trouble, actions(this.start));
    this.showNote();
    this.infer();
  }

  showNote(wrong = "") {
    this.name.setAttribute("aria-invalid", String(wrong !== ""));
    this.nameNote.className = wrong ? "error" : "hint";
    this.nameNote.textContent = wrong || (this.panel.models.has(this.name.value.trim()) ?
      "There is one of that name: this will be its next version." : "Letters, digits, “.”, “_” and “-”.");
  }

  infer() {
    this.asking?.abort();
    this.asking = new AbortController();
    this.inferring = this.showInferred(this.asking.signal);
  }

  /** What the server makes of the columns, with this target. */
  async showInferred(signal) {
    fill(this.trouble);
    const reading = make("p", {class: "loading", role: "status"}, "Reading the file …");
    fill(this.inferred, reading, this.choice.element);
    try {
      const schema = await schemaOf(this.file, this.panel.about.max_body_bytes, this.query(), signal);
      if (signal.aborted) return;
      this.choice.use(schema);
      fill(this.inferred,
          schema.cut ? hint("Inferred from its first rows; the training reads all.") : null,
          make("p", {}, `${schema.target} makes this a `, make("strong", {}, taskWords(schema)), "."),
          this.choice.element);
    } catch (problem) {
      if (signal.aborted) return;
      fill(this.inferred, problemView(problem, isOfTheFile(problem) ? null : () => this.infer()), this.choice.element);
    }
  }

  query() {
    const query = new URLSearchParams({target: this.target.value});
    if (this.task.value) query.set("task", this.task.value);
    return query;
  }

  /** With all that the model is to be. */
  wholeQuery() {
    const query = this.query();
    for (const [option, value] of this.choice.options()) query.set(option, value);
    if (this.measure.value) query.set("folds", this.measure.value);
    if (!this.promote.input.checked) query.set("promote", "false");
    return query;
  }

  async submit() {
    const name = this.name.value.trim();
    if (/^\.{0,2}$/.test(name)) {  // an address cannot have such a part, so the server cannot be asked
      this.showNote("A model needs a name: letters, digits, “.”, “_” and “-”, no “.” first.");
      this.name.focus();
      return;
    }
    if (this.sending) return;
    this.setSending(true);
    try {
      await this.inferring;
      await this.send(`models/${encodeURIComponent(name)}?${this.wholeQuery()}`);
    } finally {
      this.setSending(false);
    }
  }

  async send(path) {
    try {
      const {told} = await uploadFile(this.trouble, path, this.file, headersOf(this.file));
      this.panel.submitted(told.id, this.file);
    } catch (problem) {
      const held = this.trouble.contains(document.activeElement);
      const retry = isOfTheFile(problem) ? null : () => this.submit();
      fill(this.trouble, problem.name === "AbortError" ? null : problemView(problem, retry));
      if (held) this.start.focus();
    }
  }

  // The button stays one that can have the focus: what has it must not go away.
  setSending(on) {
    this.sending = on;
    this.start.setAttribute("aria-disabled", String(on));
    this.panel.drop.open(!on);
  }
}

const field = (text, control, note) =>
  make("div", {class: "field"}, make("label", {htmlFor: control.id}, text), control, note);

const taskWords = ({task}) => ({classification: "classification", regression: "regression of numbers",
  count: "regression of counts"}[task] ?? task);

/** "titanic-2024" for "Titanic 2024.csv.gz". */
const suggestedName = (file) => file.replace(/\.csv(\.gz)?$/i, "").toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-").replace(/^[.-]+|-+$/g, "").slice(0, 100) || "model";

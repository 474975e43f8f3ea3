// The view that makes a model of a CSV file: what would be inferred, what to predict from what, and
// the job.

import {send} from "./api.js";
import {aboutServer, listModels} from "./catalog.js";
import {actions, card, checkBox, fill, freshId, hint, make, say, selectOf} from "./dom.js";
import {CSV, dropPlace, fileCard, headersOf, previewOf, whyNot} from "./dropped.js";
import {FeatureChoice} from "./feature_choice.js";
import {freshKey} from "./file.js";
import {bytes, counted} from "./format.js";
import {remember} from "./memory.js";
import {emptyView, isOfTheFile, problemView} from "./problems.js";
import {go} from "./route.js";
import {uploadFile} from "./upload.js";
import {own} from "./watch.js";

const PREVIEW_ROWS = 4;

let panel = null;

export async function openTrain() {
  const about = await aboutServer();
  if (!about.training) {
    return {title: "Train", element: make("div", {}, make("h1", {}, "Train"), emptyView(
        "This server does not train",
        make("p", {}, "Whoever runs it can allow it: ", make("code", {}, "mlserve serve --allow-training"))))};
  }
  const models = await listModels().catch(() => []);
  panel ??= new TrainPanel();
  panel.about = about;
  panel.models = new Set(models.map(({name}) => name));
  return {title: "Train", element: make("div", {}, make("h1", {}, "Train"),
      make("p", {class: "lead"}, "A model from a table: numbers, categories, dates and texts in, one column to predict."),
      panel.element)};
}

class TrainPanel {
  constructor() {
    this.place = make("div");
    this.element = make("div", {}, card("Choose a file",
        dropPlace("A CSV file with a header", ".csv,.gz", (file) => this.take(file))), this.place);
  }

  async take(file) {
    this.file = file;
    this.preview = await previewOf(file, PREVIEW_ROWS);
    const {names} = this.preview;
    const wrong = whyNot(file, [CSV], this.about.max_job_bytes) ||
        (names.length < 2 ? "The file wants a header and at least two columns." : "");
    if (wrong) {
      fill(this.place, this.card(wrong));
      return;
    }
    say(`${file.name}, ${counted(names.length, "column")}`);
    this.showForm();
    this.infer();
  }

  card(wrong) {
    return fileCard(this.file, this.preview.names, this.preview.rows, wrong);
  }

  showForm() {
    const {names} = this.preview;
    this.key = freshKey();
    this.target = selectOf(names.map((name) => [name, name]), {id: freshId(), onchange: () => this.infer()});
    this.target.value = names.includes("Survived") ? "Survived" : names.at(-1);
    this.choice = new FeatureChoice();
    this.inferred = make("div", {}, make("p", {class: "loading"}, "Reading the file …"));
    this.name = make("input", {type: "text", id: freshId(), autocomplete: "off", spellcheck: false,
      value: suggestedName(this.file.name), oninput: () => this.showNote()});
    this.nameNote = make("p", {class: "hint", id: freshId()});
    this.name.setAttribute("aria-describedby", this.nameNote.id);
    this.measure = selectOf([["", "on a fifth, held out"], ["5", "on 5 folds"], ["10", "on 10 folds"]], {id: freshId()});
    this.promote = checkBox("Serve it as soon as it is trained", {checked: true});
    this.trouble = make("div");
    this.start = make("button", {class: "primary"}, "Train");
    const form = make("form", {class: "card", noValidate: true, "aria-label": "The model",
      onsubmit: (event) => { event.preventDefault(); this.train(); }},
    make("div", {class: "fields"}, this.field("What to predict", this.target), this.field("Name of the model", this.name, this.nameNote),
        this.field("Measured", this.measure)),
    this.inferred,
    this.promote.element,
    this.trouble, actions(this.start));
    this.showNote();
    fill(this.place, this.card(""), form);
  }

  field(text, control, note) {
    return make("div", {class: "field"}, make("label", {htmlFor: control.id}, text), control, note);
  }

  showNote() {
    const name = this.name.value.trim();
    this.nameNote.textContent = this.models.has(name) ? "There is one of that name: this will be its next version." :
      "Letters, digits, “.”, “_” and “-”.";
  }

  /** What the server makes of the columns, with this target. */
  async infer() {
    const turn = this.turn = {};
    const part = this.about.max_body_bytes;
    const whole = this.file.size <= part;
    fill(this.trouble);
    try {
      const answer = await send(`schema?target=${encodeURIComponent(this.target.value)}`, {
        method: "POST", headers: headersOf(this.file), body: whole ? this.file : await wholeLines(this.file, part)});
      const schema = await answer.json();
      if (this.turn !== turn) return;
      this.choice.use(schema);
      fill(this.inferred,
          whole ? null : hint(`Inferred from the first ${bytes(part)}; the training reads all.`),
          make("p", {}, `${this.target.value} makes this a `, make("strong", {}, taskWords(schema)), "."),
          this.choice.element);
    } catch (problem) {
      if (this.turn !== turn) return;
      this.choice.clear();
      fill(this.inferred, problemView(problem, isOfTheFile(problem) ? null : () => this.infer()));
    }
  }

  query() {
    const query = new URLSearchParams({target: this.target.value});
    for (const [option, value] of this.choice.options()) query.set(option, value);
    if (this.measure.value) query.set("folds", this.measure.value);
    if (!this.promote.input.checked) query.set("promote", "false");
    return query;
  }

  async train() {
    this.start.disabled = true;
    try {
      const name = encodeURIComponent(this.name.value.trim()) || "%20";
      const {told} = await uploadFile(this.trouble, `models/${name}?${this.query()}`, this.file,
          {...headersOf(this.file), "Idempotency-Key": this.key});
      own(told.id);
      remember(`job.${told.id}`, {file: this.file.name});
      fill(this.place);
      go("jobs", told.id);
    } catch (problem) {
      fill(this.trouble, problem.name === "AbortError" ? null : problemView(problem, () => this.train()));
      this.key = freshKey();
    } finally {
      this.start.disabled = false;
    }
  }
}

const taskWords = ({task}) => ({classification: "classification", regression: "regression of numbers",
  count: "regression of counts"}[task] ?? task);

/** "titanic-2024" for "Titanic 2024.csv.gz". */
const suggestedName = (file) => file.replace(/\.csv(\.gz)?$/i, "").toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-").replace(/^[.-]+|-+$/g, "").slice(0, 100) || "model";

/** The begin of a file up to a line break. A packed file cannot be cut: the server says what it takes. */
async function wholeLines(file, size) {
  if (file.name.toLowerCase().endsWith(".gz")) return file;
  const tail = await file.slice(size - 65536, size).text();
  const end = tail.lastIndexOf("\n");
  return end < 0 ? file.slice(0, size) : file.slice(0, size - new Blob([tail.slice(end + 1)]).size);
}

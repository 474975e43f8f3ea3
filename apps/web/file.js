// The view that sends a file to a model: what is small is answered at once, the rest by a job.

import {modelPath} from "./api.js";
import {aboutServer, describeModel, listModels} from "./catalog.js";
import {actions, button, card, checkBox, make, refill, say} from "./dom.js";
import {dropPlace, fileCard, whyNot} from "./dropped.js";
import {ALL_TYPES, headersOf, previewOf} from "./file_begin.js";
import {bytes, count, counted} from "./format.js";
import {modelPicker, noModels} from "./model_picker.js";
import {isOfTheFile, problemView} from "./problems.js";
import {FIRST_ROWS, answeredResult} from "./result.js";
import {showSubmitted} from "./submitted.js";
import {uploadFile} from "./upload.js";

const PREVIEW_ROWS = 5;
const NO_ROWS = {names: [], rows: []};

let panel = null;  // stays while other views are shown: it may be sending

export async function openFile([wanted]) {
  const [about, models] = [await aboutServer(), await listModels()];
  if (models.length === 0) return {title: "File", element: await noModels("File")};
  const name = wanted ?? panel?.model.name ?? models[0].name;
  const model = await describeModel(name);
  const jobs = about.jobs ? "; more become a job that you can watch" : "";
  const element = make("div", {},
      make("div", {class: "heading"}, make("h1", {}, "File"), modelPicker("file", name, models)),
      make("p", {class: "lead"},
          `A prediction of ${model.target.name} for each row. Up to ${count(about.sync_limit)} rows are answered at once${jobs}.`));
  return {title: `File to ${name}`, element, enter() {
    panel ??= new FilePanel();
    panel.use(model, about);
    element.append(panel.element);
  }};
}

class FilePanel {
  constructor() {
    this.drop = dropPlace("A CSV or JSON file", ".csv,.json,.jsonl,.ndjson,.gz", (file) => this.take(file));
    this.place = make("div");
    this.element = make("div", {}, card("Choose a file", this.drop.element), this.place);
    this.chosen = null;  // {file, preview}
    this.sending = false;
  }

  use(model, about) {
    const other = this.model && this.model.checksum !== model.checksum;
    this.model = model;
    this.about = about;
    if (other && this.chosen && !this.sending) this.show();
  }

  async take(file) {
    const turn = this.turn = {};
    const preview = await previewOf(file, FIRST_ROWS);
    if (this.turn !== turn) return;
    this.chosen = {file, preview};
    this.show();
    say(`${file.name}, ${bytes(file.size)}`);
  }

  /** The file that is chosen, with its first rows, and what came of it before. */
  show(...more) {
    const {names, rows} = this.chosen.preview;
    refill(this.place, [this.card({names, rows: rows.slice(0, PREVIEW_ROWS)}), more]);
  }

  card(preview) {
    const {about, model, chosen} = this;
    const wrong = whyNot(chosen.file, ALL_TYPES, about.jobs ? about.max_job_bytes : about.max_body_bytes);
    const probabilities = checkBox("With probabilities", {checked: true});
    const classes = model.task === "classification";
    const predict = () => this.send({...chosen, model,
      path: `${modelPath(model.name)}/predict${classes && probabilities.input.checked ? "?probabilities=true" : ""}`});
    return fileCard(chosen.file, preview, wrong, wrong ? null : [
      classes && probabilities.element, actions(button("Predict", predict, {class: "primary"}))]);
  }

  /** Sends {file, preview, model, path}: what comes back belongs to these, whatever is chosen by then. */
  async send(order) {
    const {file, path} = order;
    const place = make("div", {class: "waiting"});
    refill(this.place, fileCard(file, NO_ROWS, "", place));
    this.turn = null;
    this.setSending(true);
    try {
      const {status, told} = await uploadFile(place, path, file, {...headersOf(file), Prefer: "wait=30"});
      if (status === 202) this.follow(told.id, order);
      else this.showAnswer(told, order);
    } catch (problem) {
      const retry = isOfTheFile(problem) ? null : () => this.send(order);
      this.show(problem.name === "AbortError" ? null : problemView(problem, retry));
    } finally {
      this.setSending(false);
    }
  }

  setSending(on) {
    this.sending = on;
    this.drop.open(!on);
  }

  showAnswer(told, order) {
    const result = answeredResult(told, order);
    refill(this.place, [this.card(NO_ROWS), result], {within: result});
    say(`${counted(told.prediction.length, "row")} answered`);
  }

  follow(id, {file, preview}) {
    this.chosen = null;
    showSubmitted(this.place, id, file, preview);
  }
}

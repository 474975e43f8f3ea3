// The view that sends a file to a model: what is small is answered at once, the rest by a job.

import {modelPath} from "./api.js";
import {aboutServer, describeModel, listModels} from "./catalog.js";
import {actions, button, card, checkBox, fill, make, say} from "./dom.js";
import {ALL_TYPES, dropPlace, fileCard, headersOf, previewOf, whyNot} from "./dropped.js";
import {bytes, count, counted} from "./format.js";
import {remember} from "./memory.js";
import {modelPicker, noModels} from "./model_picker.js";
import {isOfTheFile, problemView} from "./problems.js";
import {FIRST_ROWS, answeredResult} from "./result.js";
import {go} from "./route.js";
import {uploadFile} from "./upload.js";
import {own} from "./watch.js";

const PREVIEW_ROWS = 5;

let panel = null;  // stays while other views are shown: it may be sending

export async function openFile([wanted]) {
  const [about, models] = [await aboutServer(), await listModels()];
  if (models.length === 0) return {title: "File", element: await noModels("File")};
  const name = wanted ?? panel?.model.name ?? models[0].name;
  const model = await describeModel(name);
  panel ??= new FilePanel();
  panel.use(model, about);
  const jobs = about.jobs ? "; more become a job that you can watch" : "";
  return {
    title: `File to ${name}`,
    element: make("div", {},
        make("div", {class: "heading"}, make("h1", {}, "File"), modelPicker("file", name, models)),
        make("p", {class: "lead"},
            `A prediction of ${model.target.name} for each row. Up to ${count(about.sync_limit)} rows are answered at once${jobs}.`),
        panel.element),
  };
}

class FilePanel {
  constructor() {
    this.element = make("div");
    this.drop = dropPlace("A CSV or JSON file", ".csv,.json,.jsonl,.ndjson,.gz", (file) => this.take(file));
    this.chosen = make("div");
    fill(this.element, card("Choose a file", this.drop), this.chosen);
  }

  use(model, about) {
    const other = this.model && this.model.checksum !== model.checksum;
    this.model = model;
    this.about = about;
    if (other && this.file && !this.sending) this.showFile();
  }

  async take(file) {
    this.file = file;
    this.preview = await previewOf(file, FIRST_ROWS);
    this.key = freshKey();
    this.showFile();
    say(`${file.name}, ${bytes(file.size)}`);
  }

  showFile(answered = false) {
    const {file, preview, about} = this;
    const wrong = whyNot(file, ALL_TYPES, about.jobs ? about.max_job_bytes : about.max_body_bytes);
    const probabilities = checkBox("With probabilities", {checked: true});
    fill(this.chosen, fileCard(file, preview.names, answered ? [] : preview.rows.slice(0, PREVIEW_ROWS), wrong,
        wrong ? null : [
          this.model.task === "classification" && probabilities.element,
          actions(button("Predict", () => this.send(probabilities.input.checked), {class: "primary"}))]));
  }

  async send(probabilities) {
    const {file, model} = this;
    const place = make("div", {class: "waiting"});
    fill(this.chosen, fileCard(file, [], [], "", place));
    this.sending = true;
    const flags = model.task === "classification" && probabilities ? "?probabilities=true" : "";
    try {
      const {status, told} = await uploadFile(place, `${modelPath(model.name)}/predict${flags}`, file,
          {...headersOf(file), Prefer: "wait=30", "Idempotency-Key": this.key});
      if (status === 202) this.follow(told.id);
      else await this.showAnswer(told);
    } catch (problem) {
      this.showFile();
      if (problem.name === "AbortError") return;
      this.chosen.append(problemView(problem, isOfTheFile(problem) ? null : () => this.send(probabilities)));
    } finally {
      this.sending = false;
    }
  }

  async showAnswer(told) {
    const {file, preview} = this;
    this.showFile(true);
    this.chosen.append(await answeredResult(told, file, preview));
    say(`${counted(told.prediction.length, "row")} answered`);
  }

  /** The job has a page of its own, which a reload finds again. */
  follow(id) {
    own(id);
    remember(`job.${id}`, {file: this.file.name, ...this.preview});
    fill(this.chosen);
    this.file = null;
    go("jobs", id);
  }
}

/** So that a request whose answer was lost makes no second job. Plain HTTP has no randomUUID. */
export const freshKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)),
    (part) => part.toString(16).padStart(8, "0")).join("");

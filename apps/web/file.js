// The view that sends a file to a model: what is small is answered at once, the rest by a job.

import {modelPath} from "./api.js";
import {aboutServer, describeModel, listModels} from "./catalog.js";
import {button, checkBox, fill, make, say, table} from "./dom.js";
import {dropPlace, headersOf, mediaTypeOf, previewOf} from "./dropped.js";
import {bytes, count, counted, percent} from "./format.js";
import {remember} from "./memory.js";
import {modelPicker, noModels} from "./model_picker.js";
import {problemView} from "./problems.js";
import {FIRST_ROWS, answeredResult} from "./result.js";
import {go} from "./route.js";
import {upload} from "./upload.js";
import {own} from "./watch.js";

const PREVIEW_ROWS = 5;

let panel = null;  // stays while other views are shown: it may be sending

export async function openFile([wanted]) {
  const [about, models] = [await aboutServer(), await listModels()];
  if (models.length === 0) return {title: "File", element: noModels()};
  const name = wanted ?? panel?.model.name ?? models[0].name;
  const model = await describeModel(name);
  panel ??= new FilePanel();
  panel.use(model, about);
  const jobs = about.jobs ? "; more become a job that you can watch" : "";
  return {
    title: `File to ${name}`,
    element: make("div", {},
        make("div", {className: "heading"}, make("h1", {}, "File"), modelPicker("file", name, models)),
        make("p", {className: "lead"},
            `A prediction of ${model.target.name} for each row. Up to ${count(about.sync_limit)} rows are answered at once${jobs}.`),
        panel.element),
  };
}

class FilePanel {
  constructor() {
    this.element = make("div");
    this.drop = dropPlace("A CSV or JSON file", ".csv,.json,.jsonl,.ndjson,.gz", (file) => this.take(file));
    this.chosen = make("div");
    fill(this.element, make("section", {className: "card", "aria-label": "Choose a file"}, this.drop), this.chosen);
  }

  use(model, about) {
    const other = this.model && this.model.checksum !== model.checksum;
    this.model = model;
    this.about = about;
    if (other && this.file && !this.sending) this.showFile();
  }

  async take(file) {
    this.sending?.abort();
    this.file = file;
    this.preview = await previewOf(file, FIRST_ROWS);
    this.key = freshKey();
    this.showFile();
    say(`${file.name}, ${bytes(file.size)}`);
  }

  showFile(answered = false) {
    const {file, preview, about} = this;
    const limit = about.jobs ? about.max_job_bytes : about.max_body_bytes;
    const wrong = !mediaTypeOf(file) ? "This page sends .csv, .json, .jsonl and .ndjson files, also gzipped (.gz)." :
      file.size > limit ? `The server takes up to ${bytes(limit)}.` : file.size === 0 ? "The file is empty." : "";
    const probabilities = checkBox("With probabilities", {checked: true});
    const send = () => this.send(probabilities.input.checked);
    fill(this.chosen, make("section", {className: "card", "aria-label": "The file"},
        make("h2", {}, file.name, " ", make("small", {}, bytes(file.size))),
        preview.rows.length > 0 && !answered ? table(`First rows of ${file.name}`, preview.names,
            preview.rows.slice(0, PREVIEW_ROWS).map((row) => row.map(String)), {className: "data"}) : null,
        wrong ? make("p", {className: "error", role: "alert"}, wrong) : [
          this.model.task === "classification" ? probabilities.element : null,
          make("p", {className: "actions"}, button("Predict", send, {className: "primary"}))]));
  }

  async send(probabilities) {
    const {file, model} = this;
    const sending = new AbortController();
    this.sending = sending;
    const bar = make("progress", {max: 1, value: 0, "aria-label": "Sent"});
    const words = make("p", {role: "status"}, "Sending …");
    fill(this.chosen, make("section", {className: "card waiting", "aria-label": "Sending"},
        make("h2", {}, file.name), words, bar,
        make("p", {className: "actions"}, button("Stop", () => sending.abort()))));
    const progress = (share) => {
      bar.value = share;
      if (share >= 1) bar.removeAttribute("value");
      words.textContent = share < 1 ? `Sending, ${percent(share)} of ${bytes(file.size)} …` :
        "All sent. The server works on it …";
    };
    const flags = model.task === "classification" && probabilities ? "?probabilities=true" : "";
    try {
      const {status, told} = await upload(`${modelPath(model.name)}/predict${flags}`, file, {
        headers: {...headersOf(file), Prefer: "wait=30", "Idempotency-Key": this.key},
        progress, signal: sending.signal});
      this.sending = null;
      if (status === 202) this.follow(told.id);
      else await this.showAnswer(told);
    } catch (problem) {
      this.sending = null;
      this.showFile();
      if (problem.name !== "AbortError") this.chosen.append(problemView(problem, () => this.send(probabilities)));
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

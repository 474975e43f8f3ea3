// The view that makes a model of a CSV file: the file, then a form for what the model is to be.

import {aboutServer, listModels} from "./catalog.js";
import {card, fill, make, refill, say} from "./dom.js";
import {dropPlace, fileCard, whyNot} from "./dropped.js";
import {CSV, previewOf} from "./file_begin.js";
import {counted} from "./format.js";
import {emptyView, isOfTheFile, problemView} from "./problems.js";
import {schemaOf} from "./schema.js";
import {showSubmitted} from "./submitted.js";
import {TrainForm} from "./train_form.js";

const PREVIEW_ROWS = 4;
const HEADER_BYTES = 1 << 20;  // the names of the columns are in

let panel = null;

export async function openTrain() {
  const about = await aboutServer();
  if (!about.training) {
    return {title: "Train", element: make("div", {}, make("h1", {}, "Train"), emptyView(
        "This server does not train",
        make("p", {}, "Whoever runs it can allow it: ", make("code", {}, "mlserve serve --allow-training"))))};
  }
  const models = await listModels().catch(() => []);
  const element = make("div", {}, make("h1", {}, "Train"),
      make("p", {class: "lead"}, "A model from a table: numbers, categories, dates and texts in, one column to predict."));
  return {title: "Train", element, enter() {
    panel ??= new TrainPanel();
    panel.about = about;
    panel.models = new Set(models.map(({name}) => name));
    element.append(panel.element);
  }};
}

class TrainPanel {
  constructor() {
    this.drop = dropPlace("A CSV file with a header", ".csv,.gz", (file) => this.take(file));
    this.place = make("div");
    this.element = make("div", {}, card("Choose a file", this.drop.element), this.place);
  }

  async take(file) {
    this.taking?.abort();
    const {signal} = this.taking = new AbortController();
    const preview = await previewOf(file, PREVIEW_ROWS);
    if (signal.aborted) return;
    const wrong = whyNot(file, [CSV], this.about.max_job_bytes);
    const below = make("div", {}, wrong ? null : make("p", {class: "loading"}, "Reading the file …"));
    refill(this.place, [fileCard(file, preview, wrong), below]);
    if (wrong) return;
    try {
      const {columns, target} = await schemaOf(file, Math.min(HEADER_BYTES, this.about.max_body_bytes), "", signal);
      if (signal.aborted) return;
      fill(below, new TrainForm(this, file, columns, target ?? columns.at(-1)).element);
      say(`${file.name}, ${counted(columns.length, "column")}`);
    } catch (problem) {
      if (signal.aborted) return;
      fill(below, problemView(problem, isOfTheFile(problem) ? null : () => this.take(file)));
    }
  }

  submitted(id, file) {
    showSubmitted(this.place, id, file);
  }
}

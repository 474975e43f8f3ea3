// The page of one job: a "please wait" that tells the truth, then what came of it.

import {serverNow} from "./api.js";
import {onBack} from "./connection.js";
import {actions, button, card, fill, link, make, refill} from "./dom.js";
import {counted, duration, moment, percent} from "./format.js";
import {recall} from "./memory.js";
import {emptyView, isOfTheKey, problemPlace, problemView} from "./problems.js";
import {jobResult} from "./result.js";
import {address} from "./route.js";
import {trainingResult} from "./training_result.js";
import {changeJob, follow, isOpen, look, onJobs, state} from "./watch.js";

const LEAST_SHARE = 5;      // percent, from which on the rest can be guessed
const LEAST_TIME = 3000;    // milliseconds, the same

export const kindOf = (job) => ({predict: "Predictions of", train: "Training of"}[job.kind] ?? job.kind);

export async function openJob(id) {
  const page = new JobPage(id);
  return {title: "Job", element: page.element, close: () => page.close()};
}

class JobPage {
  constructor(id) {
    this.id = id;
    this.input = recall(`job.${id}`);
    this.job = null;
    this.heading = make("h1", {}, "Job");
    this.about = make("p", {class: "lead"}, "Loading …");
    this.words = make("strong", {role: "status", class: "state"});
    this.times = make("span", {class: "hint"});
    this.bar = make("progress", {max: 100, "aria-label": "Progress of the job"});
    this.facts = make("div");
    this.actions = actions();
    this.trouble = problemPlace(look);
    this.refusal = make("div");
    this.result = make("div");
    this.card = make("section", {class: "card job", "aria-label": "State"},
        make("div", {class: "inline"}, this.words, this.times), this.bar, this.facts, this.trouble.element, this.refusal, this.actions);
    this.parts = [make("p", {class: "back"}, link("All jobs", address("jobs"))),
      this.heading, this.about, this.card, this.result];
    this.element = make("div", {}, this.parts);
    this.bar.hidden = true;
    this.closed = new AbortController();
    this.stops = [follow(id, (job) => this.show(job)), onJobs(() => this.trouble.show(state().trouble)),
      onBack(() => { if (this.resultIsMissing) this.showResult(); })];
    this.ticks = setInterval(() => { if (this.job && isOpen(this.job)) this.showTimes(); }, 1000);
  }

  close() {
    clearInterval(this.ticks);
    this.closed.abort();
    for (const stop of this.stops) stop();
  }

  show(job) {
    if (job.problem) {
      this.showProblem(job.problem);
      return;
    }
    if (this.card.parentNode !== this.element) fill(this.element, this.parts);
    const before = this.job;
    this.job = job;
    fill(this.heading, `${kindOf(job)} ${job.model}`);
    document.title = `${kindOf(job)} ${job.model} · mlserve`;
    fill(this.about, this.input?.file ? `${this.input.file} · ` : "", `submitted ${moment(job.created_at)}`);
    const words = stateWords(job);
    if (this.words.textContent !== words) fill(this.words, words);
    this.words.className = `state ${job.status}`;
    this.showProgress();
    this.showTimes();
    fill(this.facts, failureList(job));
    if (before?.status !== job.status) {
      this.showActions();
      this.showResult();
    }
  }

  /** In place of a job that is not there, or that is not for this reader. */
  showProblem(problem) {
    const back = link("All jobs", address("jobs"));
    fill(this.element, make("h1", {}, "Job"), problem.status === 404 ?
      emptyView("There is no such job", problem.message, make("p", {}, back)) :
      [problemView(problem, look), make("p", {}, back)]);
  }

  showProgress() {
    const {status, progress} = this.job;
    this.bar.hidden = !isOpen(this.job);
    if (status === "running" && progress > 0) this.bar.value = progress;
    else this.bar.removeAttribute("value");  // it is not known
  }

  showTimes() {
    const {status, progress, created_at: created, started_at: started, finished_at: finished, attempts} = this.job;
    const since = (begin) => (finished ? Date.parse(finished) : serverNow()) - Date.parse(begin);
    const parts = [];
    if (status === "queued") parts.push(`waiting for ${duration(since(created))}`);
    if (status === "running") {
      const elapsed = since(started);
      parts.push(`for ${duration(elapsed)}`);
      if (progress > 0) parts.push(percent(progress / 100));
      if (progress >= LEAST_SHARE && elapsed >= LEAST_TIME) {
        parts.push(`about ${duration(elapsed * (100 - progress) / progress)} to go`);
      }
    }
    if (finished && started) parts.push(`in ${duration(since(started))}`);
    if (attempts > 1) parts.push(`attempt ${attempts}`);
    this.times.textContent = parts.join(" · ");
  }

  showActions() {
    const {status} = this.job;
    refill(this.actions, [
      isOpen(this.job) && button("Cancel", () => this.act("DELETE", "")),
      ["failed", "cancelled"].includes(status) && button("Try again", () => this.act("POST", "/retry"))],
    {otherwise: this.heading});
  }

  async act(method, path) {
    if (this.acting) return;
    this.acting = true;
    fill(this.refusal);
    try {
      await changeJob(this.id, method, path);
    } catch (problem) {
      fill(this.refusal, problemView(problem, isOfTheKey(problem) ? () => this.act(method, path) : null));
    }
    this.acting = false;
  }

  async showResult() {
    const {job} = this;
    this.resultIsMissing = false;
    if (job.status !== "succeeded") {
      fill(this.result);
      return;
    }
    let section;
    try {
      section = job.kind === "train" ? await trainingResult(job, this.closed.signal) : await jobResult(job, this.input);
    } catch (problem) {
      this.resultIsMissing = true;
      section = card("Result", problemView(problem, () => this.showResult()));
    }
    if (this.job.status === "succeeded") refill(this.result, section, {otherwise: this.heading});
  }
}

export function stateWords({status, position, summary, error}) {
  switch (status) {
    case "queued":
      return position === undefined ? "Queued" : position <= 1 ? "Next in the queue" :
        `Number ${position} in the queue`;
    case "running": return "Running";
    case "succeeded": return summary?.rows === undefined ? "Done" : `Done, ${counted(summary.rows, "row")}`;
    case "failed": return error ? `Failed: ${error}` : "Failed";
    case "cancelled": return "Cancelled";
    case "expired": return "Done; the result has expired";
    default: return status;
  }
}

/** Attempts that came to nothing, where there is more to say than the state does. */
function failureList({failures = [], status}) {
  if (failures.length === 0 || (status === "failed" && failures.length === 1) || status === "succeeded") return null;
  return make("ul", {class: "hint"}, failures.map(
      ({attempt, reason}) => make("li", {}, `Attempt ${attempt} ended: ${reason}`)));
}

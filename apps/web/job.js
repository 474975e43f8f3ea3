// The page of one job: a "please wait" that tells the truth, then what came of it.

import {send, serverNow} from "./api.js";
import {actions, button, fill, link, make} from "./dom.js";
import {counted, duration, moment, percent} from "./format.js";
import {recall} from "./memory.js";
import {emptyView, problemView} from "./problems.js";
import {jobResult} from "./result.js";
import {address} from "./route.js";
import {trainingResult} from "./training_result.js";
import {follow, isOpen, look, onJobs, own, state} from "./watch.js";

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
    this.about = make("p", {class: "lead"});
    this.words = make("strong", {role: "status", class: "state"});
    this.times = make("span", {class: "hint"});
    this.bar = make("progress", {max: 100, "aria-label": "Progress of the job"});
    this.facts = make("div");
    this.actions = actions();
    this.trouble = make("div");
    this.refusal = make("div");
    this.result = make("div");
    this.card = make("section", {class: "card job", "aria-label": "State"},
        make("div", {class: "inline"}, this.words, this.times), this.bar, this.facts, this.trouble, this.refusal, this.actions);
    this.element = make("div", {},
        make("p", {class: "back"}, link("All jobs", address("jobs"))),
        this.heading, this.about, this.card, this.result);
    this.bar.hidden = true;
    this.stops = [follow(id, (job) => this.show(job)), onJobs(() => this.showTrouble())];
    this.ticks = setInterval(() => { if (this.job && isOpen(this.job)) this.showTimes(); }, 1000);
  }

  close() {
    clearInterval(this.ticks);
    for (const stop of this.stops) stop();
  }

  showTrouble() {
    const {trouble} = state();
    fill(this.trouble, trouble?.status ? problemView(trouble, look) : null);
  }

  show(job) {
    if (job.status === "unknown") {
      fill(this.element, make("h1", {}, "Job"), emptyView("There is no such job", job.problem.message,
          make("p", {}, link("All jobs", address("jobs")))));
      return;
    }
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
    const act = (text, method, path) => button(text, async () => {
      for (const one of this.actions.children) one.disabled = true;
      try {
        await send(`jobs/${this.id}${path}`, {method});
        fill(this.refusal);
      } catch (problem) {
        fill(this.refusal, problemView(problem));
        this.showActions();
      }
      own(this.id);
      look();
    });
    fill(this.actions,
        isOpen(this.job) && act("Cancel", "DELETE", ""),
        ["failed", "cancelled"].includes(status) && act("Try again", "POST", "/retry"));
  }

  async showResult() {
    const {job} = this;
    if (job.status !== "succeeded") {
      fill(this.result);
      return;
    }
    const section = job.kind === "train" ? await trainingResult(job) : await jobResult(job, this.input);
    if (this.job === job || this.job.status === "succeeded") fill(this.result, section);
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

// The list of jobs, which tells by itself what is new.

import {fill, hint, make} from "./dom.js";
import {count, duration, moment, percent} from "./format.js";
import {kindOf, openJob, stateWords} from "./job.js";
import {recall} from "./memory.js";
import {emptyView, isOfTheKey, problemPlace} from "./problems.js";
import {address} from "./route.js";
import {look, onJobs, state} from "./watch.js";
import {serverNow} from "./api.js";

export async function openJobs([id]) {
  if (id) return openJob(id);
  const list = new JobList();
  return {title: "Jobs", element: list.element, close: () => list.close()};
}

class JobList {
  constructor() {
    this.rows = new Map();  // id → {element, update}
    this.trouble = problemPlace(look);
    this.note = make("div", {}, make("p", {class: "loading"}, "Loading …"));
    this.list = make("ul", {class: "jobs"});
    this.more = hint();
    this.element = make("div", {}, make("h1", {}, "Jobs"),
        make("p", {class: "lead"}, "Files that are predicted and models that are trained, the newest first."),
        this.trouble.element, this.note, this.list, this.more);
    this.stop = onJobs(() => this.show());
    this.ticks = setInterval(() => { for (const row of this.rows.values()) row.tick(); }, 1000);
    if (state().known) this.show();
    look();
  }

  close() {
    this.stop();
    clearInterval(this.ticks);
  }

  show() {
    const {jobs, next, refusal, trouble, known} = state();
    const keyLacks = refusal && isOfTheKey(refusal);
    this.trouble.show(trouble ?? (keyLacks ? refusal : null));
    if (!known && !trouble) return;
    const why = refusal && !keyLacks ? hint(jobs.length > 0 ? "Only the jobs of this tab: " : "", refusal.message) : null;
    fill(this.note, jobs.length > 0 || trouble || keyLacks ? why : emptyView("No jobs yet",
        "A large file and each training become a job. It goes on when this page is closed.", why));
    const elements = jobs.map((job) => {
      const row = this.rows.get(job.id) ?? jobRow();
      this.rows.set(job.id, row);
      row.update(job);
      return row.element;
    });
    // Rows that are there stay there, and with them the focus.
    elements.forEach((element, i) => {
      if (this.list.children[i] !== element) this.list.insertBefore(element, this.list.children[i] ?? null);
    });
    while (this.list.children.length > elements.length) this.list.lastChild.remove();
    fill(this.more, next && `These are the newest ${count(jobs.length)}; “mlserve jobs list” has the others.`);
  }
}

function jobRow() {
  const name = make("a");
  const words = make("span");
  const times = make("span", {class: "hint"});
  const bar = make("progress", {max: 100});
  let job = null;
  const tick = () => {
    if (!job) return;
    const end = job.finished_at ? Date.parse(job.finished_at) : serverNow();
    const parts = [moment(job.created_at)];
    if (job.started_at && job.status !== "queued") parts.push(duration(end - Date.parse(job.started_at)));
    if (job.status === "running" && job.progress > 0) parts.push(percent(job.progress / 100));
    times.textContent = parts.join(" · ");
  };
  return {
    element: make("li", {}, make("div", {class: "heading"}, name, words), bar, times),
    tick: () => { if (job?.status === "running") tick(); },
    update(now) {
      job = now;
      const file = recall(`job.${job.id}`)?.file;
      name.href = address("jobs", job.id);
      name.textContent = `${kindOf(job)} ${job.model}${file ? `, ${file}` : ""}`;
      words.textContent = stateWords(job);
      words.className = `state ${job.status}`;
      bar.hidden = job.status !== "running";
      bar.setAttribute("aria-label", `Progress of ${name.textContent}`);
      if (job.progress > 0) bar.value = job.progress;
      else bar.removeAttribute("value");
      tick();
    },
  };
}

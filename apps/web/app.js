// The frame of the page: which view is shown, and how views follow the address.

import {openAsk} from "./ask.js";
import {expectModels, followModels, forgetServer} from "./catalog.js";
import {onBack} from "./connection.js";
import {fill} from "./dom.js";
import {openFile} from "./file.js";
import {count} from "./format.js";
import {openJobs} from "./jobs.js";
import {openModels} from "./models.js";
import {problemView} from "./problems.js";
import {currentRoute} from "./route.js";
import {openTrain} from "./train.js";
import {look, onJobs, openCount, state} from "./watch.js";

const VIEWS = {ask: openAsk, file: openFile, train: openTrain, jobs: openJobs, models: openModels};
const FIRST = "ask";

const main = document.getElementById("view");
const badge = document.getElementById("open-jobs");
let shown = null;   // {title, element, enter, close}
let turn = 0;       // of the views that are asked for, only the last is shown

async function show(focus) {
  const [name, ...parts] = currentRoute();
  const view = Object.hasOwn(VIEWS, name) ? name : FIRST;
  const mine = ++turn;
  markCurrent(view);
  let opened;
  try {
    opened = await VIEWS[view](parts);
  } catch (problem) {
    opened = {title: "mlserve", failed: true, element: problemView(problem, () => show(true), "h1")};
  }
  if (mine !== turn) {
    opened.close?.();
    return;
  }
  shown?.close?.();
  shown = opened;
  opened.enter?.();
  const held = document.activeElement?.id;
  document.title = opened.title === "mlserve" ? "mlserve" : `${opened.title} · mlserve`;
  fill(main, opened.element);
  if (focus) {
    // What is there again keeps the focus: a choice may be gone through by keys.
    const again = held && main.querySelector(`[id="${held}"]`);
    (again || main).focus({preventScroll: true});
    scrollTo(0, 0);
  }
}

function markCurrent(name) {
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

let ended = null;  // trainings that are known to have ended

/** The number of open jobs; a training that has ended may have changed the models. */
function noteJobs() {
  const open = openCount();
  badge.hidden = open === 0;
  badge.textContent = open === 0 ? "" : count(open);
  badge.setAttribute("aria-label", `${open} open`);
  const trained = new Set(state().jobs.filter(({kind, status}) => kind === "train" && status === "succeeded").map(({id}) => id));
  if (ended && [...trained].some((id) => !ended.has(id))) {
    expectModels();
  }
  ended = trained;
}

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();  // the address is the view's
  main.focus();
});
addEventListener("hashchange", () => show(true));
onJobs(noteJobs);
document.addEventListener("visibilitychange", () => { if (!document.hidden) followModels(); });
onBack(() => {
  forgetServer();
  followModels();
  if (shown?.failed) show(false);
});
show(false);
look();

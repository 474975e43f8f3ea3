// Whether the server answers. When it does not, one probe after the other asks, further and further
// apart, and the page says so; when it does again, all who wait go on.

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 20000;
const PATIENCE = 10000;  // with one probe

let waiting = null;      // {promise, resolve} while the server is gone
const listeners = new Set();

const banner = document.getElementById("connection");
const [words, next, now] = banner.children;

/** Called with nothing each time the server answers again. Returns what ends that. */
export function onBack(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** There was no answer. The promise is kept when there is one again. */
export function lost() {
  if (waiting) return waiting.promise;
  waiting = {};
  waiting.promise = new Promise((resolve) => { waiting.resolve = resolve; });
  banner.hidden = false;
  words.textContent = "The server does not answer. What you see is what it said last; jobs go on without this page.";
  probe();
  return waiting.promise;
}

/** There was an answer. */
export function reached() {
  if (!waiting) return;
  const {resolve} = waiting;
  waiting = null;
  now.onclick?.();  // the rest is over
  if (banner.contains(document.activeElement)) document.getElementById("view").focus({preventScroll: true});
  banner.hidden = true;
  words.textContent = "";
  resolve();
  for (const listener of listeners) listener();
}

/** Asks until there was an answer, whoever got it: then the server may be gone again, for another probe. */
async function probe() {
  const mine = waiting;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    await rest(pause);
    if (waiting !== mine) return;
    next.textContent = "Trying …";
    try {
      const answer = await fetch("livez", {cache: "no-store", signal: AbortSignal.timeout(PATIENCE)});
      if (answer.ok) reached();
    } catch { /* not yet */ }
    if (waiting !== mine) return;
  }
}

/** Until the pause is over, the reader wants it, or the network is back. */
function rest(pause) {
  return new Promise((resolve) => {
    const end = Date.now() + pause;
    const tell = () => {
      next.textContent = `Next try in ${Math.max(1, Math.ceil((end - Date.now()) / 1000))} s.`;
    };
    const ticks = setInterval(tell, 1000);
    const done = () => {
      clearInterval(ticks);
      clearTimeout(timer);
      now.onclick = null;
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, pause);
    now.onclick = done;
    addEventListener("online", done);
    tell();
  });
}

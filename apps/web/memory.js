// What survives a reload and ends with the tab: session storage, or nothing where it is refused.

const PREFIX = "mlserve.";
const OF_JOBS = `${PREFIX}job.`;

export function recall(name) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name));
  } catch {
    return null;
  }
}

/** What was kept of the oldest jobs makes room, if there is no other. */
export function remember(name, value) {
  const text = JSON.stringify(value);
  do {
    try {
      sessionStorage.setItem(PREFIX + name, text);
      return;
    } catch { /* full or refused */ }
  } while (forgetOldestJob());  // at worst, a reload forgets
}

export function forget(name) {
  try {
    sessionStorage.removeItem(PREFIX + name);
  } catch { /* refused: then there is nothing */ }
}

/** Ids of jobs begin with their time. False when nothing is kept of any. */
function forgetOldestJob() {
  try {
    const [oldest] = Object.keys(sessionStorage).filter((name) => name.startsWith(OF_JOBS)).sort();
    if (oldest) sessionStorage.removeItem(oldest);
    return Boolean(oldest);
  } catch {
    return false;
  }
}

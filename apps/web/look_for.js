// What servers take over shortly after a job has ended.

const PAUSES = [0, 250, 500, 1000, 2000, 4000];  // milliseconds

/** What `look` finds, looking a few times within eight seconds; undefined if it is nothing. `signal` ends it. */
export async function lookFor(look, signal) {
  for (const pause of PAUSES) {
    await new Promise((go) => { setTimeout(go, pause); });
    signal?.throwIfAborted();
    const found = await look();
    if (found) return found;
  }
  return undefined;
}

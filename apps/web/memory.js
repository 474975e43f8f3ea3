// What survives a reload and ends with the tab: session storage, or nothing where it is refused.

const PREFIX = "mlserve.";

export function recall(name) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name));
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch { /* full or refused: then a reload forgets */ }
}

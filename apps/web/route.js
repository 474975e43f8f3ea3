// The address of a view: #/ask/titanic. All that a reload needs is in it, or in memory.js.

/** ["ask", "titanic"]; an empty list for an address that is none. */
export function currentRoute() {
  if (!location.hash.startsWith("#/")) return [];
  try {
    return location.hash.slice(2).split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return [];
  }
}

export const address = (...parts) => "#/" + parts.map(encodeURIComponent).join("/");

export const go = (...parts) => { location.hash = address(...parts); };

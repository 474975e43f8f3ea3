/** For each character whether the next one that says anything about case has one. */
function casedNeighbours(codes) {
  let isCased = false;
  return codes.map((code) => {
    const before = isCased;
    if (!isIn(ignorableCharacters, code)) isCased = isIn(casedCharacters, code);
    return before;
  });
}

/** The characters of a text in lower case; a sigma has another one at the end of a word. */
function lowerCharacters(text) {
  const codes = Array.from(text, (character) => character.codePointAt(0));
  const isAfterCased = casedNeighbours(codes);
  const isBeforeCased = casedNeighbours(codes.slice().reverse()).reverse();
  return codes.map((code, i) => {
    if (code !== 0x3A3) return lowerOf(code);
    return isAfterCased[i] && !isBeforeCased[i] ? 0x3C2 : 0x3C3;
  });
}

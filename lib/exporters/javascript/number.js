/** The number that a text spells in decimal, blanks around it allowed; else undefined. */
function parseNumber(text) {
  const match = /^[ \t\n\v\f\r]*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[ \t\n\v\f\r]*$/
    .exec(text);
  const value = match === null ? NaN : Number(match[1]);
  return Number.isFinite(value) ? value : undefined;
}

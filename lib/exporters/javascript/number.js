/** The number that a text spells in decimal, blanks around it allowed; else undefined. */
function parseNumber(text) {
  const number = text.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, "");
  if (!/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(number)) return undefined;
  const value = Number(number);
  return Number.isFinite(value) ? value : undefined;
}

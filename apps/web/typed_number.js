// Numbers as a reader types them, in the signs of the locale.

const parts = new Intl.NumberFormat(undefined, {useGrouping: "always"}).formatToParts(-12345678.9);
const partsOf = (kind) => parts.filter(({type}) => type === kind).map(({value}) => value);
const [[point], [minus]] = ["decimal", "minusSign"].map(partsOf);
const digits = [...new Intl.NumberFormat(undefined, {useGrouping: false}).format(9876543210)].reverse();

const [separator = ","] = partsOf("group");
// Where a locale writes a narrow blank or a curled sign, a keyboard has the plain one.
const group = /\s/.test(separator) ? "\\s" : /['’]/.test(separator) ? "['’]" : `[${separator}]`;
const size = partsOf("integer").at(-2)?.length ?? 3;  // of the groups before the last: in India two
const NUMBER = new RegExp(
    `^[+]?(-?)([1-9]\\d{0,${size - 1}}(?:${group}\\d{${size}})*${group}\\d{3}|\\d*)(?:[${point}](\\d+))?(e[-+]?\\d+)?$`, "i");

/**
 * What is typed as a number, as the server reads it: "52.079,5" is 52079.5 where the locale writes so. A
 * text that is none in the locale stays as it is.
 */
export function typedNumber(text) {
  const plain = text.trim().replace(minus, "-").replace(/\p{Nd}/gu, (digit) =>
    (digits.includes(digit) ? digits.indexOf(digit) : digit));
  const match = NUMBER.exec(plain);
  if (!match || !(match[2] || match[3])) return plain;
  const [, sign, whole, fraction, power = ""] = match;
  return `${sign}${whole.replace(/\D/g, "") || 0}${fraction ? `.${fraction}` : ""}${power}`;
}

/** A value in the form in which the reader may type it. */
export const typeable = (value) => (typeof value === "number" ? String(value).replace(".", point) : value);

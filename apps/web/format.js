// Numbers, times and sizes as the reader's locale writes them.

const plain = new Intl.NumberFormat(undefined, {maximumFractionDigits: 0});
const digits = (count) => new Intl.NumberFormat(undefined, {maximumSignificantDigits: count});
const four = digits(4);
const powers = new Intl.NumberFormat(undefined, {notation: "scientific", maximumSignificantDigits: 4});
const percents = new Intl.NumberFormat(undefined, {style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1});
const moments = new Intl.DateTimeFormat(undefined, {dateStyle: "medium", timeStyle: "medium"});
const point = new Intl.NumberFormat().formatToParts(1.5).find(({type}) => type === "decimal").value;

/** Four significant digits; integers in full. */
export function number(value) {
  if (typeof value !== "number" || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return powers.format(value);
  return Number.isInteger(value) || size >= 1e4 ? plain.format(value) : four.format(value);
}

export const count = (value) => plain.format(value);

/** With its sign, and with so many decimals that the largest of its kind has three digits. */
export function signedTo(value, largest) {
  const decimals = Math.min(15, Math.max(0, 2 - Math.floor(Math.log10(largest))));
  return new Intl.NumberFormat(undefined, {signDisplay: "exceptZero", minimumFractionDigits: decimals,
    maximumFractionDigits: decimals}).format(value);
}

/** "3 rows", "1 row". */
export const counted = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

/** A share as percent; what is not quite none or all does not look as if it were. */
export function percent(share) {
  if (share > 0 && share < 0.001) return `< ${percents.format(0.001)}`;
  if (share < 1 && share > 0.999) return `> ${percents.format(0.999)}`;
  return percents.format(share);
}

function unit(value, name, fractionDigits = 0) {
  return new Intl.NumberFormat(undefined, {style: "unit", unit: name, unitDisplay: name === "byte" ? "long" : "short",
    maximumFractionDigits: fractionDigits}).format(value);
}

/** A length of time in milliseconds: "40 ms", "0.4 sec", "12 sec", "3 min 5 sec", "1 hr 2 min". */
export function duration(milliseconds) {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 0.1) return unit(1000 * seconds, "millisecond");
  if (seconds < 10) return unit(seconds, "second", 1);
  const whole = Math.round(seconds);
  if (whole < 60) return unit(whole, "second");
  if (whole < 3600) return `${unit(Math.floor(whole / 60), "minute")} ${unit(whole % 60, "second")}`;
  return `${unit(Math.floor(whole / 3600), "hour")} ${unit(Math.floor(whole / 60) % 60, "minute")}`;
}

export function bytes(size) {
  const names = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = Math.min(names.length - 1, Math.floor(Math.log(Math.max(size, 1)) / Math.log(1000)));
  return unit(size / 1000 ** step, names[step], 1);
}

export const moment = (iso) => moments.format(new Date(iso));

/** What a reader types as a number, as the server reads it: "3,5" where the locale writes so. */
export function typedNumber(text) {
  const trimmed = text.trim();
  if (point !== "," || !/^[-+]?\d*,\d+(e[-+]?\d+)?$/i.test(trimmed)) return trimmed;
  return trimmed.replace(",", ".");
}

/** A number in the form in which the reader may type it. */
export const typeable = (value) => String(value).replace(".", point === "," ? "," : ".");

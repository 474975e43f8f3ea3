// Numbers, times and sizes as the reader's locale writes them.

const formatOf = (options) => new Intl.NumberFormat(undefined, options);
const styles = (useGrouping) => ({
  whole: formatOf({maximumFractionDigits: 0, useGrouping}),
  four: formatOf({maximumSignificantDigits: 4, useGrouping}),
});
const grouped = styles();
const ungrouped = styles(false);
const powers = formatOf({notation: "scientific", maximumSignificantDigits: 4});
const compact = formatOf({notation: "compact", maximumSignificantDigits: 4});
const percents = formatOf({style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1});
const moments = new Intl.DateTimeFormat(undefined, {dateStyle: "medium", timeStyle: "medium"});

function written(value, {whole, four}) {
  if (typeof value !== "number" || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return powers.format(value);
  return Number.isInteger(value) || size >= 1e4 ? whole.format(value) : four.format(value);
}

/** Four significant digits; integers in full. */
export const number = (value) => written(value, grouped);

/** The same without groups, for who is to type one like it. */
export const bound = (value) => written(value, ungrouped);

/** The same where there is little room: "7.233T". */
export const short = (value) => (Math.abs(value) >= 1e6 ? compact.format(value) : number(value));

/** A function that writes numbers of an axis short, and so that those a `step` apart differ. */
export function tickWriter(step, largest) {
  const notation = largest >= 1e4 ? "compact" : largest < 1e-3 ? "scientific" : "standard";
  const format = formatOf({notation, maximumSignificantDigits:
    Math.min(15, 2 + Math.max(0, Math.ceil(Math.log10(largest / step))))});
  return (value) => (value === 0 ? count(0) : format.format(value));
}

export const count = (value) => grouped.whole.format(value);

/** With its sign, and with so many decimals that the largest of its kind has three digits. */
export function signedTo(value, largest) {
  const decimals = Math.min(15, Math.max(0, 2 - Math.floor(Math.log10(largest))));
  return formatOf({signDisplay: "exceptZero", minimumFractionDigits: decimals,
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
  return formatOf({style: "unit", unit: name, unitDisplay: name === "byte" ? "long" : "short",
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

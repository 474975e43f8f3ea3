/** Days from 0001-01-01 to the first day of a year. */
function daysBefore(year) {
  const past = year - 1;
  return 365 * past + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400);
}

function daysOfMonth(year, month) {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
}

/** Days from 0001-01-01, which was a Monday, to 1970-01-01. */
const daysTo1970 = 719162;

/** The parts of a moment by the Gregorian calendar, in UTC. */
function calendarOf(seconds) {
  const whole = Math.floor(seconds);
  const day1970 = Math.floor(whole / 86400);
  const ofDay = whole - 86400 * day1970;
  const days = day1970 + daysTo1970;
  let year = Math.floor(days / 365.2425) + 1; // or one of its neighbours
  if (daysBefore(year) > days) --year;
  if (daysBefore(year + 1) <= days) ++year;
  const dayOfYear = days - daysBefore(year) + 1;
  let month = 1;
  let day = dayOfYear;
  for (; day > daysOfMonth(year, month); ++month) day -= daysOfMonth(year, month);
  return {
    year,
    month,
    day,
    day_of_week: (days % 7) + 1, // Monday 1 to Sunday 7
    day_of_year: dayOfYear,
    hour: Math.floor(ofDay / 3600),
    minute: Math.floor(ofDay / 60) % 60,
    second: ofDay % 60,
  };
}

const dateForm = new RegExp(
  "^([0-9]{4})-([0-9]{2})-([0-9]{2})" +
  "(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(\\.[0-9]+)?)?(Z|([+-])([0-9]{2})(?::?([0-9]{2}))?)?)?$");

/** Seconds since 1970 of a date in ISO 8601's extended form, years 0001 to 9999; else undefined. */
function parseDate(text) {
  const parts = dateForm.exec(text);
  if (parts === null) return undefined;
  const number = (i) => Number(parts[i] ?? 0);
  const [year, month, day] = [number(1), number(2), number(3)];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) {
    return undefined;
  }
  const [hour, minute, second] = [number(4), number(5), number(6)];
  const [offsetHours, offsetMinutes] = [number(10), number(11)];
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59) {
    return undefined;
  }
  let days = daysBefore(year) - daysTo1970 + day - 1;
  for (let m = 1; m < month; ++m) days += daysOfMonth(year, m);
  const offset = (parts[9] === "-" ? -1 : 1) * (3600 * offsetHours + 60 * offsetMinutes);
  const whole = 86400 * days + 3600 * hour + 60 * minute + second - offset;
  const seconds = whole + Number(`0${parts[7] ?? ""}`);
  return seconds >= -62135596800 && seconds < 253402300800 ? seconds : undefined;
}

/** Seconds since 1970; NaN where the date is missing. */
function readDate(record, feature) {
  const text = readString(record, feature);
  if (text === undefined) return NaN;
  const seconds = parseDate(text);
  if (seconds === undefined) {
    throw fieldError(feature.name,
      `${shown(text)} is not a date such as 2026-01-31 or 2026-01-31T12:00:00Z`);
  }
  return seconds;
}

#include <math.h>
#include <stddef.h>

#include "days.c"
#include "text.c"

static int take(struct text *rest, char c) {
  if (rest->begin == rest->end || *rest->begin != c) return 0;
  ++rest->begin;
  return 1;
}

/* A number of so many digits; -1, and nothing is taken, when it is another or exceeds `most`. */
static int take_number(struct text *rest, int digits, int most) {
  int value = 0;
  int i;
  if (rest->end - rest->begin < digits) return -1;
  for (i = 0; i < digits; ++i) {
    const char c = rest->begin[i];
    if (c < '0' || c > '9') return -1;
    value = 10 * value + (c - '0');
  }
  if (value > most) return -1;
  rest->begin += digits;
  return value;
}

/* Doubles a decimal fraction and returns what comes to stand before the point. */
static int double_fraction(unsigned char *digits, size_t count) {
  int carry = 0;
  while (count > 0) {
    const int doubled = 2 * digits[--count] + carry;
    carry = doubled >= 10 ? 1 : 0;
    digits[count] = (unsigned char)(doubled - 10 * carry);
  }
  return carry;
}

/* ".25" or nothing; a fraction of a second matters only where it rounds up to a whole one, and so
   is rounded as a double near 1: to 53 bits, half to even. That half has 54 decimal digits. */
static double take_fraction(struct text *rest) {
  unsigned char digits[54];
  size_t count = 0;
  int is_more_than_half = 0;
  int is_half;
  int last = 0;
  int bit;
  double value = 0.0;
  const char *c = rest->begin + 1;
  if (rest->end - rest->begin < 2 || *rest->begin != '.' || *c < '0' || *c > '9') return 0.0;
  for (; c < rest->end && *c >= '0' && *c <= '9'; ++c) {
    if (count < sizeof digits) {
      digits[count++] = (unsigned char)(*c - '0');
    } else if (*c != '0') {
      is_more_than_half = 1;
    }
  }
  rest->begin = c;
  for (bit = 0; bit < 53; ++bit) {
    last = double_fraction(digits, count);
    value = 2.0 * value + last;
  }
  is_half = double_fraction(digits, count);
  while (count > 0) {
    if (digits[--count] != 0) is_more_than_half = 1;
  }
  if (is_half && (is_more_than_half || last)) value += 1.0;
  return value / 9007199254740992.0;
}

/* The day of "2024-02-29", counted from 1970. */
static int take_day(struct text *rest, double *day) {
  int year;
  int month;
  int of_month;
  int m;
  long days;
  year = take_number(rest, 4, 9999);
  if (year < 1 || !take(rest, '-')) return 0;
  month = take_number(rest, 2, 12);
  if (month < 1 || !take(rest, '-')) return 0;
  of_month = take_number(rest, 2, days_of_month(year, month));
  if (of_month < 1) return 0;
  days = days_before(year) - days_to_1970() + of_month - 1;
  for (m = 1; m < month; ++m) days += days_of_month(year, m);
  *day = (double)days;
  return 1;
}

/* The seconds of "23:59", "23:59:59" or "23:59:59.5". */
static int take_time(struct text *rest, double *whole, double *fraction) {
  int hour;
  int minute;
  int second = 0;
  *fraction = 0.0;
  hour = take_number(rest, 2, 23);
  if (hour < 0 || !take(rest, ':')) return 0;
  minute = take_number(rest, 2, 59);
  if (minute < 0) return 0;
  if (take(rest, ':')) {
    second = take_number(rest, 2, 59);
    if (second < 0) return 0;
    *fraction = take_fraction(rest);
  }
  *whole = 3600.0 * hour + 60.0 * minute + second;
  return 1;
}

/* The seconds by which "", "Z", "+02", "+0200" or "-02:00" is ahead of UTC. */
static int take_offset(struct text *rest, double *offset) {
  int sign = 1;
  int hours;
  int minutes = 0;
  *offset = 0.0;
  if (rest->begin == rest->end || take(rest, 'Z')) return 1;
  if (take(rest, '-')) {
    sign = -1;
  } else if (!take(rest, '+')) {
    return 0;
  }
  hours = take_number(rest, 2, 23);
  if (hours < 0) return 0;
  if (rest->begin != rest->end) {
    take(rest, ':');
    minutes = take_number(rest, 2, 59);
    if (minutes < 0) return 0;
  }
  *offset = sign * (3600.0 * hours + 60.0 * minutes);
  return 1;
}

/* Seconds since 1970 of a date in ISO 8601's extended form, years 0001 to 9999; NAN of a missing
   one. Returns 0 when the text is no date. */
static int read_date(struct text text, double *seconds) {
  double day;
  double time;
  double fraction;
  double offset;
  *seconds = NAN;
  if (text.begin == text.end) return 1;
  if (!take_day(&text, &day)) return 0;
  *seconds = 86400.0 * day;
  if (text.begin == text.end) return 1;
  if (!take(&text, 'T') && !take(&text, ' ')) return 0;
  if (!take_time(&text, &time, &fraction) || !take_offset(&text, &offset)) return 0;
  if (text.begin != text.end) return 0;
  *seconds = 86400.0 * day + time - offset + fraction;
  return *seconds >= -62135596800.0 && *seconds < 253402300800.0;
}

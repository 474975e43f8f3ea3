#include <math.h>

#include "days.c"

/* A moment by the Gregorian calendar, in UTC. */
struct calendar {
  int year;
  int month;
  int day;
  int day_of_week; /* Monday 1 to Sunday 7 */
  int day_of_year;
  int hour;
  int minute;
  int second;
};

static struct calendar calendar_of(double seconds) {
  struct calendar date;
  const double whole = floor(seconds);
  const double day = floor(whole / 86400.0);
  const int of_day = (int)(whole - 86400.0 * day);
  const long days = (long)day + days_to_1970();
  date.year = (int)((double)days / 365.2425) + 1; /* or one of its neighbours */
  if (days_before(date.year) > days) --date.year;
  if (days_before(date.year + 1) <= days) ++date.year;
  date.day_of_year = (int)(days - days_before(date.year)) + 1;
  date.day = date.day_of_year;
  for (date.month = 1; date.day > days_of_month(date.year, date.month); ++date.month) {
    date.day -= days_of_month(date.year, date.month);
  }
  date.day_of_week = (int)(days % 7) + 1;
  date.hour = of_day / 3600;
  date.minute = of_day / 60 % 60;
  date.second = of_day % 60;
  return date;
}

/* Days from 0001-01-01 to the first day of a year. */
static long days_before(long year) {
  const long past = year - 1;
  return 365 * past + past / 4 - past / 100 + past / 400;
}

static int days_of_month(int year, int month) {
  static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && is_leap ? 29 : days[month - 1];
}

/* Days from 0001-01-01, which was a Monday, to 1970-01-01. */
static long days_to_1970(void) { return 719162; }

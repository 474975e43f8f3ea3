#include "lookup.c"

/* Nothing of a text that stands for a missing value, such as "NA". */
static struct text without_marker(struct text text) {
  const size_t count = sizeof missing_values / sizeof *missing_values;
  if (find(missing_values, count, text, count) < count) text.end = text.begin;
  return text;
}

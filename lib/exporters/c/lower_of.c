#include <stddef.h>

/* The lower case of a character, where a known word has it; else the character itself. */
static unsigned long lower_of(unsigned long code) {
  size_t begin = 0;
  size_t end = sizeof lower_cases / sizeof *lower_cases;
  while (begin < end) {
    const size_t middle = begin + (end - begin) / 2;
    if (code < lower_cases[middle].first) {
      end = middle;
    } else if (code > lower_cases[middle].last) {
      begin = middle + 1;
    } else {
      return lower_cases[middle].lower + (code - lower_cases[middle].first);
    }
  }
  return code;
}

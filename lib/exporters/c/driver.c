#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* Rows come on standard input as one value a line: a number, or the length of a text in bytes and,
   after a line break, these; nan and -1 where a value is missing. */

struct driver_text {
  char *bytes;
  size_t size;
};

static void driver_fail(const char *what) {
  fprintf(stderr, "error: %s\n", what);
  exit(3);
}

static double driver_number(void) {
  double value;
  if (scanf("%lf", &value) != 1) driver_fail("no number where one belongs");
  return value;
}

static struct driver_text driver_read_text(void) {
  struct driver_text text = {NULL, 0};
  long size;
  if (scanf("%ld", &size) != 1) driver_fail("no text where one belongs");
  if (size < 0) return text;
  text.size = (size_t)size;
  text.bytes = (char *)malloc(text.size + 1);
  if (text.bytes == NULL) driver_fail("no memory");
  getchar();
  if (fread(text.bytes, 1, text.size, stdin) != text.size) driver_fail("a text is cut off");
  text.bytes[text.size] = '\0';
  return text;
}

#include "text.c"

/* Where a text is being read. */
struct reader {
  struct text rest;
};

static struct reader reader_of(struct text text) {
  struct reader reader;
  reader.rest = text;
  return reader;
}

/* Reads a character in lower case. */
static unsigned long read_lower(struct reader *reader) {
  return lower_of(next_character(&reader->rest));
}

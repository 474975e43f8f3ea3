#include "text.c"

/* Where a text is being read, and whether a letter with a case stands before, but for characters
   that say nothing about case. */
struct reader {
  struct text rest;
  int is_after_cased;
};

static struct reader reader_of(struct text text) {
  struct reader reader;
  reader.rest = text;
  reader.is_after_cased = 0;
  return reader;
}

static int is_cased(unsigned long code) {
  return is_in(cased_characters, sizeof cased_characters / sizeof *cased_characters, code);
}

static int is_case_ignorable(unsigned long code) {
  return is_in(ignorable_characters, sizeof ignorable_characters / sizeof *ignorable_characters,
               code);
}

static int is_before_cased(struct text rest) {
  while (rest.begin < rest.end) {
    const unsigned long code = next_character(&rest);
    if (!is_case_ignorable(code)) return is_cased(code);
  }
  return 0;
}

/* Reads a character in lower case; a sigma has another one at the end of a word. */
static unsigned long read_lower(struct reader *reader) {
  const unsigned long code = next_character(&reader->rest);
  const int was_after_cased = reader->is_after_cased;
  if (!is_case_ignorable(code)) reader->is_after_cased = is_cased(code);
  if (code != 0x3A3) return lower_of(code);
  return was_after_cased && !is_before_cased(reader->rest) ? 0x3C2 : 0x3C3;
}

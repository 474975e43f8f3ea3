#include <math.h>
#include <stddef.h>
#include <string.h>

#include "lookup.c"

/* The word that is being read. One that is longer than all known ones has too large a size. */
struct word {
  char bytes[longest_word];
  size_t size;
  size_t characters;
};

static void append(struct word *word, unsigned long code) {
  static const unsigned long leads[4] = {0, 0xC0, 0xE0, 0xF0};
  const size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  char bytes[4];
  size_t i;
  for (i = length - 1; i > 0; --i) {
    bytes[i] = (char)(0x80 | (code & 0x3F));
    code >>= 6;
  }
  bytes[0] = (char)(leads[length - 1] | code);
  ++word->characters;
  if (word->size + length > sizeof word->bytes) {
    word->size = sizeof word->bytes + 1;
  } else {
    memcpy(word->bytes + word->size, bytes, length);
    word->size += length;
  }
}

/* Counts a word that has ended, and begins the next. */
static void finish(struct word *word, const struct entry *words, size_t count,
                   unsigned int *counts) {
  if (word->characters >= 2 && word->size <= sizeof word->bytes) {
    struct text text;
    size_t known;
    text.begin = word->bytes;
    text.end = word->bytes + word->size;
    known = find(words, count, text, count);
    if (known < count) ++counts[known];
  }
  word->size = 0;
  word->characters = 0;
}

/* How often each known word stands in a text. Words are the longest runs of two and more letters,
   digits and '_' in lower case; that of U+0130 is an "i" and a dot that is not of a word. */
static void count_words(struct text text, const struct entry *words, size_t count,
                        unsigned int *counts) {
  struct reader reader = reader_of(text);
  struct word word;
  word.size = 0;
  word.characters = 0;
  memset(counts, 0, count * sizeof *counts);
  while (reader.rest.begin < reader.rest.end) {
    const unsigned long code = read_lower(&reader);
    if (is_in(word_characters, sizeof word_characters / sizeof *word_characters, code)) {
      append(&word, code);
    } else {
      if (code == 0x130) append(&word, 'i');
      finish(&word, words, count, counts);
    }
  }
  finish(&word, words, count, counts);
}

/* The length of the vector of counts times weights; 1 of a text without a known word. */
static double norm_of(const unsigned int *counts, const double *idf, size_t count) {
  double squares = 0.0;
  size_t w;
  for (w = 0; w < count; ++w) {
    const double value = counts[w] * idf[w];
    squares += value * value;
  }
  return squares == 0.0 ? 1.0 : sqrt(squares);
}

#include <stddef.h>

#include "text.c"

/* Takes a character of UTF-8 off the front of a text that is not empty. A byte that is none is
   taken alone and given as 0. */
static unsigned long next_character(struct text *rest) {
  const unsigned char *const bytes = (const unsigned char *)rest->begin;
  const size_t left = (size_t)(rest->end - rest->begin);
  unsigned long code = bytes[0];
  unsigned long least;
  size_t length;
  size_t i;
  ++rest->begin;
  if (code < 0x80) return code;
  if (code >= 0xC2 && code < 0xE0) {
    length = 2;
    least = 0x80;
    code &= 0x1F;
  } else if (code >= 0xE0 && code < 0xF0) {
    length = 3;
    least = 0x800;
    code &= 0x0F;
  } else if (code >= 0xF0 && code < 0xF5) {
    length = 4;
    least = 0x10000;
    code &= 0x07;
  } else {
    return 0;
  }
  if (left < length) return 0;
  for (i = 1; i < length; ++i) {
    if ((bytes[i] & 0xC0) != 0x80) return 0;
    code = code << 6 | (bytes[i] & 0x3F);
  }
  if (code < least || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return 0;
  rest->begin += length - 1;
  return code;
}

/* Characters from the first to the last. */
struct range {
  unsigned long first;
  unsigned long last;
};

/* Whether a character is in one of the ranges, which are sorted. */
static int is_in(const struct range *ranges, size_t count, unsigned long code) {
  size_t begin = 0;
  size_t end = count;
  while (begin < end) {
    const size_t middle = begin + (end - begin) / 2;
    if (code < ranges[middle].first) {
      end = middle;
    } else if (code > ranges[middle].last) {
      begin = middle + 1;
    } else {
      return 1;
    }
  }
  return 0;
}

/* Characters from the first to the last, whose lower case counts from that of the first. */
struct lower_case {
  unsigned long first;
  unsigned long last;
  unsigned long lower;
};

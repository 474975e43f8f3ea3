#include <stddef.h>
#include <string.h>

#include "text.c"

/* A text that is known, with the length it has in bytes and what it stands for. */
struct entry {
  const char *text;
  size_t size;
  size_t code;
};

static int compare(struct text text, const struct entry *entry) {
  const size_t size = (size_t)(text.end - text.begin);
  const size_t common = size < entry->size ? size : entry->size;
  const int order = memcmp(text.begin, entry->text, common);
  if (order != 0 || size == entry->size) return order;
  return size < entry->size ? -1 : 1;
}

/* What a text stands for, by binary search in entries that are sorted by their bytes. */
static size_t find(const struct entry *entries, size_t count, struct text text, size_t otherwise) {
  size_t begin = 0;
  size_t end = count;
  while (begin < end) {
    const size_t middle = begin + (end - begin) / 2;
    const int order = compare(text, &entries[middle]);
    if (order == 0) return entries[middle].code;
    if (order < 0) {
      end = middle;
    } else {
      begin = middle + 1;
    }
  }
  return otherwise;
}

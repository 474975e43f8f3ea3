#include <stddef.h>
#include <string.h>

#include "text.c"

static struct text text_of(const char *string) {
  struct text text;
  text.begin = string != NULL ? string : "";
  text.end = text.begin + strlen(text.begin);
  return text;
}

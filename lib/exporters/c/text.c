/* The bytes of a text: the first one and the one behind the last. An empty text is missing. */
struct text {
  const char *begin;
  const char *end;
};

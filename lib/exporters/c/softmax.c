#include <math.h>
#include <stddef.h>

/* Turns margins into probabilities; returns the first of the most probable classes. */
static int softmax(double *margins, size_t count) {
  double largest = margins[0];
  double sum = 0.0;
  size_t label = 0;
  size_t k;
  for (k = 1; k < count; ++k) {
    if (margins[k] > largest) largest = margins[k];
  }
  for (k = 0; k < count; ++k) {
    margins[k] = exp(margins[k] - largest);
    sum += margins[k];
  }
  for (k = 0; k < count; ++k) {
    margins[k] /= sum;
    if (margins[k] > margins[label]) label = k;
  }
  return (int)label;
}

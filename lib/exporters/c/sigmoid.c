#include <math.h>

static double sigmoid(double margin) {
  double e;
  if (margin >= 0.0) return 1.0 / (1.0 + exp(-margin));
  e = exp(margin);
  return e / (1.0 + e);
}

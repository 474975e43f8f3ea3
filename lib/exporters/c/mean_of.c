#include <math.h>

/* The mean of a count; larger margins would overflow. */
static double mean_of(double margin) { return exp(margin > 709.0 ? 709.0 : margin); }

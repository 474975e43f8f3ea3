/** The mean of a count; larger margins would overflow. */
function meanOf(margin) {
  return Math.exp(Math.min(margin, 709));
}

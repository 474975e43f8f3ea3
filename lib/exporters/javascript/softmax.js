/** Margins as probabilities. */
function softmax(margins) {
  const largest = Math.max(...margins);
  const powers = margins.map((margin) => Math.exp(margin - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** Whether a character is in one of the ranges [first, last], which are sorted. */
function isIn(ranges, code) {
  return rangeOf(ranges, code) !== undefined;
}

function rangeOf(ranges, code) {
  let begin = 0;
  let end = ranges.length;
  while (begin < end) {
    const middle = (begin + end) >> 1;
    const range = ranges[middle];
    if (code < range[0]) {
      end = middle;
    } else if (code > range[1]) {
      begin = middle + 1;
    } else {
      return range;
    }
  }
  return undefined;
}

/** The lower case of a character, where a known word has it; else the character itself. */
function lowerOf(code) {
  const range = rangeOf(lowerCases, code);
  return range === undefined ? code : range[2] + (code - range[0]);
}

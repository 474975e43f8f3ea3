/**
 * The words of a text: its longest runs of two and more letters, digits and "_" in lower case; that
 * of U+0130 is an "i" and a dot that is not of a word.
 */
function* wordsOf(text) {
  let word = "";
  let length = 0;
  for (const code of [...lowerCharacters(text), 0]) {
    const isOfWord = isIn(wordCharacters, code);
    if (isOfWord || code === 0x130) {
      word += isOfWord ? String.fromCodePoint(code) : "i";
      ++length;
    }
    if (isOfWord) continue;
    if (length > 1) yield word;
    word = "";
    length = 0;
  }
}

/** How often each known word stands in a text, which may be missing. */
function countWords(text, words) {
  const counts = new Float64Array(words.size);
  for (const word of wordsOf(text ?? "")) {
    const known = words.get(word);
    if (known !== undefined) ++counts[known];
  }
  return counts;
}

/** The length of the vector of counts times weights; 1 of a text without a known word. */
function normOf(counts, idf) {
  let squares = 0;
  counts.forEach((count, w) => {
    const value = count * idf[w];
    squares += value * value;
  });
  return squares === 0 ? 1 : Math.sqrt(squares);
}

/** The characters of a text in lower case. */
function lowerCharacters(text) {
  return Array.from(text, (character) => lowerOf(character.codePointAt(0)));
}

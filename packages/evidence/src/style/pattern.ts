/** A pattern for exactly these words, in any case and with any spaces between them. */
export function wholeWords(words: string): RegExp {
  const escaped = words.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replace(/\s+/g, "\\s+");
  return new RegExp(`(?<![\\p{L}\\d])${escaped}(?![\\p{L}\\d])`, "giu");
}

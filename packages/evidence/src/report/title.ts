const SMALL =
  /^(?:a|an|the|and|but|or|nor|for|yet|so|as|at|by|in|of|off|on|per|to|up|via|vs|with|from|into|onto|over|than|if)$/i;

/**
 * A title in headline style: the first and last word and all but articles, conjunctions and short prepositions in capitals. Nothing
 * is made small, since what has capitals may be a name.
 */
export function headline(title: string): string {
  const words = title.split(/(\s+)/);
  const isWord = (word: string): boolean => /\p{L}/u.test(word);
  const first = words.findIndex(isWord);
  const last = words.findLastIndex(isWord);
  return words
    .map((word, i) => {
      const before = words.slice(0, i).findLast((each) => each.trim() !== "") ?? "";
      const isAfterColon = /[:?!—]$/.test(before);
      // "cbETH", "0x12", "e.g." and addresses are as they are.
      if (!/^[("'“‘[]*\p{Ll}[\p{Ll}'’-]*[)\]"'”’,:;?!]*\.?$/u.test(word)) return word;
      if (i !== first && i !== last && !isAfterColon && SMALL.test(word.replace(/[^\p{L}]/gu, ""))) return word;
      return word.replace(/\p{Ll}/u, (letter) => letter.toUpperCase());
    })
    .join("");
}

/** What a short note calls a work: its title to the colon, at most four words, without an article at its beginning. */
export function shortTitle(title: string): string {
  const main = title.split(/[:?!—]\s/)[0] ?? title;
  const words = main
    .replace(/^(?:a|an|the)\s+/i, "")
    .split(/\s+/)
    .slice(0, 4);
  while (words.length > 1 && SMALL.test(words.at(-1) ?? "")) words.pop();
  return words.join(" ").replace(/[,;:.]$/, "");
}

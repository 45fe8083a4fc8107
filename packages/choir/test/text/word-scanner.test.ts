import { WordScanner } from "../../src/text/word-scanner.js";
import { SPACELESS } from "../../src/text/words.js";
import { Writing } from "../support/writing.js";

const LETTERS = "\\p{L}\\p{N}\\p{M}\\p{Default_Ignorable_Code_Point}";
const EXPRESSION = new RegExp(`[${SPACELESS}]|(?:(?![${SPACELESS}])[${LETTERS}])+`, "gu");

describe("WordScanner", () => {
  it("cuts as the expression does: letters, marks, scripts without spaces, hidden characters, halves of characters", () => {
    const scanner = new WordScanner({ letters: LETTERS, alone: SPACELESS });
    const random = new Writing(1);
    const pieces = [
      "word",
      "Naïve",
      "é",
      "e\u0301",
      "日本",
      "カナ",
      "ไทย",
      "мир",
      "ﷺ",
      "𝒜𝓫",
      "𠀋",
      "😀",
      "\ud800",
      "\udc00",
    ];
    pieces.push(
      "\u200b",
      "\u00ad",
      "\u0000",
      " ",
      "\n",
      "-",
      "_",
      "12",
      "٣",
      "½",
      "👩‍👩‍👧",
      "\u{e0100}",
      "\ufeff",
      "မြန်မာ",
    );
    for (let round = 0; round < 300; round++) {
      const text = Array.from({ length: 40 }, () => random.pick(pieces)).join("");
      const found: unknown[] = [];
      scanner.scan(text, (start, end, isAscii) => found.push({ word: text.slice(start, end), start, isAscii }));
      const expected = [...text.matchAll(EXPRESSION)].map(({ 0: word, index: start }) => ({
        word,
        start,
        isAscii: /^[\0-\x7f]*$/.test(word),
      }));
      expect(found).toEqual(expected);
    }
  });
});

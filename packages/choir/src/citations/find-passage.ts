import { type CitedPassage, LONGEST_QUOTE } from "./citation.js";

/**
 * The first place where words stand in a text, whatever white space is between them there: what is copied from a screen has other line ends.
 * The passage is as the text has it. Undefined if they do not stand there, or are none, or too many.
 */
export function findPassage(text: string, words: string): CitedPassage | undefined {
  const parts = words.trim().split(/\s+/);
  if (parts[0] === "" || words.length > LONGEST_QUOTE) return undefined;
  const pattern = new RegExp(parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("\\s+"));
  const match = pattern.exec(text);
  if (match === null || match[0].length > LONGEST_QUOTE) return undefined;
  return { start: match.index, end: match.index + match[0].length, text: match[0] };
}

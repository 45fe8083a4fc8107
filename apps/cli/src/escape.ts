import { stripVTControlCharacters } from "node:util";

/**
 * Everything that could move the cursor, change colours, reorder what is read, or hide: control characters (ESC among them), C1
 * controls, bidirectional and other invisible marks, and line separators.
 */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{FFF9}-\u{FFFB}]/gu;
const UNSAFE_BUT_LINES = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{FFF9}-\u{FFFB}]/gu;

/** Text of unknown origin as one line that a terminal shows and does not obey. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/\s+/g, " ").replace(UNSAFE, "").trim();
}

/** The same for text of many lines: newlines and tabs stay. */
export function plainLines(text: string): string {
  return stripVTControlCharacters(text).replace(/\r\n?/g, "\n").replace(UNSAFE_BUT_LINES, "");
}

/** At most `width` characters, the last one an ellipsis when something was cut. */
export function clip(text: string, width: number): string {
  const characters = [...text];
  if (width <= 0) return "";
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join("")}…`;
}

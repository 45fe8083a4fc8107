/**
 * Control characters except tab and newline, and code points that a person cannot see but a model reads: zero-width and
 * bidirectional marks, soft hyphens, variation selectors, interlinear marks, and the tag block in which text can be hidden.
 */
const INVISIBLE = /(?![\t\n])[\p{Cc}\p{Default_Ignorable_Code_Point}\u{FFF9}-\u{FFFB}]/gu;

/** Text from outside with nothing in it that a person could not see. Line ends become newlines. */
export function visibleText(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(INVISIBLE, "");
}

/** As {@link oneLine}, in quotation marks that nothing in it can close: what stands between them is somebody else's words. */
export function quoted(text: string, limit = 160): string {
  return `“${oneLine(text, limit).replace(QUOTATION_MARKS, "'")}”`;
}

const QUOTATION_MARKS = /["\p{Quotation_Mark}]/gu;

/** One line of at most `limit` characters, for summaries. */
export function oneLine(text: string, limit = 160): string {
  const line = visibleText(text).replace(/\s+/g, " ").trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1).trimEnd()}…`;
}

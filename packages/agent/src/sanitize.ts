/**
 * Control characters except tab and newline, and code points that a reader cannot see but a model reads: zero-width and
 * bidirectional marks, soft hyphen, variation selectors, interlinear marks, and the tag block in which text can be hidden.
 */
const INVISIBLE =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]/gu;

/** Text from outside with nothing in it that a person could not see. Line ends become newlines. */
export function visibleText(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(INVISIBLE, "");
}

/** One line of at most `limit` characters, for summaries. */
export function oneLine(text: string, limit = 160): string {
  const line = visibleText(text).replace(/\s+/g, " ").trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1).trimEnd()}…`;
}

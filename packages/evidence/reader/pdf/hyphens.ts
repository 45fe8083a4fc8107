/** Stands where a word was cut at the end of a line, until all words of the document are known; no clean text holds it. */
const CUT = "\ue001";

/** A line after what stands before it. A word that may be cut is marked. */
export function joinLine(before: string, line: string): string {
  if (before.endsWith("\u00ad")) return before.slice(0, -1) + line;
  if (/\p{L}[-‐]$/u.test(before) && /^\p{Ll}/u.test(line)) return before.slice(0, -1) + CUT + line;
  // Chinese and Japanese have no spaces between words.
  if (
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}，。、]$/u.test(before) &&
    /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(line)
  )
    return before + line;
  return `${before} ${line}`;
}

/** Makes cut words whole. A word that the document writes with its hyphen elsewhere, and never without, keeps it. */
export function joinCutWords(text: string): string {
  if (!text.includes(CUT)) return text;
  const words = new Set((text.match(/[\p{L}\d]+(?:-[\p{L}\d]+)*/gu) ?? []).map((word) => word.toLowerCase()));
  return text.replace(/([\p{L}\d-]+)\ue001([\p{L}\d-]+)/gu, (_, first: string, second: string) => {
    const whole = `${first}${second}`.toLowerCase();
    const hyphened = `${first}-${second}`.toLowerCase();
    return words.has(hyphened) && !words.has(whole) ? `${first}-${second}` : `${first}${second}`;
  });
}

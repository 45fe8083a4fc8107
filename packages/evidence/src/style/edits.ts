/** Something to be put in place of a stretch of a text. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/** A text with its edits made. Of two that overlap the first is made. */
export function edited(text: string, edits: readonly Edit[]): string {
  let out = "";
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < at) continue;
    out += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return out + text.slice(at);
}

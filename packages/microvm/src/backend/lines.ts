/** A window of whole lines out of a text, without line numbers. */
export interface LineWindow {
  content: string;
  totalLines: number;
  /** 1-based; absent when the window is empty. */
  startLine?: number;
  endLine?: number;
  /** 0-based; absent at the end of the text. */
  nextOffset?: number;
}

/**
 * Cuts `limit` lines from line `offset` (0-based) on. Bounds that are no counts are taken for 0. A line end at the end of
 * the text ends its last line, it does not begin another. Undefined if the text has no such line.
 */
export function lineWindow(text: string, offset: number, limit: number): LineWindow | undefined {
  const from = count(offset);
  const lines = text.split("\n");
  const totalLines = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  if (from >= totalLines && totalLines > 0) return undefined;
  const wanted = from + count(limit);
  const end = Math.min(wanted, totalLines);
  // After the last line end stands an empty string: where there is room for it, joining it keeps the file's own end.
  const window: LineWindow = { content: lines.slice(from, wanted).join("\n"), totalLines };
  if (end <= from) return window;
  return { ...window, startLine: from + 1, endLine: end, nextOffset: end < totalLines ? end : undefined };
}

function count(value: number): number {
  return Number.isFinite(value) ? Math.max(0, Math.floor(value)) : 0;
}

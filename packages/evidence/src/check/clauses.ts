import { CITATION, type Span } from "./sentences.js";

/** Whether something lies inside one of some spans. */
export function isWithin(word: Span, spans: readonly Span[]): boolean {
  return spans.some((span) => word.start >= span.start && word.end <= span.end);
}

/**
 * From the comma, dash or conjunction before a span to the one after it.
 * @param edges matches, with the flag `g`, what parts clauses
 */
export function clauseOf(text: string, span: Span, edges: RegExp): Span {
  const clause = { start: 0, end: text.length };
  for (const match of text.matchAll(edges)) {
    if (match.index + match[0].length <= span.start) clause.start = match.index + match[0].length;
    else if (match.index >= span.end) return { ...clause, end: match.index };
  }
  return clause;
}

/** A text with spaces where its citations stood: everything else keeps its place. */
export function withoutCitations(text: string): string {
  return text.replace(CITATION, (marker) => " ".repeat(marker.length));
}

import type { Corpus } from "./corpus.js";
import type { DraftSentence } from "./draft.js";
import type { CheckedSentence } from "./verification.js";

/**
 * A sentence that cites no id but links to pages that the run wanted to read and could not: these are its sources, and unreachable. Undefined where
 * it links to none.
 */
export function citesUnread({ text, span, links }: DraftSentence, corpus: Corpus): CheckedSentence | undefined {
  const addresses = new Set(links.map(bare));
  const sources = [...corpus.sources.values()].flatMap(({ source: { id, uri, unreachable } }) =>
    unreachable !== undefined && addresses.has(bare(uri)) ? [{ id, unreachable }] : [],
  );
  if (sources.length === 0) return undefined;
  return {
    text,
    span,
    ids: sources.map(({ id }) => id),
    verdict: "unreachable",
    method: "lexical",
    citations: sources.map(({ id }) => ({ id, verdict: "unreachable" })),
    claims: [],
    spans: [],
    checks: sources.map(({ id, unreachable }) => {
      const detail = `Source ${id} could not be read: ${unreachable}`;
      return { id, kind: "source", passed: false, detail };
    }),
  };
}

/** An address as people write it: without scheme, fragment and last slash. */
function bare(address: string): string {
  return address
    .replace(/^https?:\/\/(?:www\.)?/i, "")
    .replace(/#.*$/s, "")
    .replace(/\/$/, "")
    .toLowerCase();
}

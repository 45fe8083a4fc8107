import type { CitationStyle } from "../style.js";
import { acm } from "./acm.js";
import { apa } from "./apa.js";
import { chicagoAuthorDate, chicagoNotes } from "./chicago.js";
import { ieee } from "./ieee.js";
import { mla } from "./mla.js";

/** Citation formats by name. `numbered` is none of them: it is how reports are published. */
export const CITATION_STYLES = ["apa", "mla", "chicago-author-date", "chicago-notes", "ieee", "acm"] as const;
export type CitationStyleName = (typeof CITATION_STYLES)[number];

export function citationStyle(name: CitationStyleName): CitationStyle {
  return STYLES[name];
}

const STYLES: Readonly<Record<CitationStyleName, CitationStyle>> = {
  apa,
  mla,
  "chicago-author-date": chicagoAuthorDate,
  "chicago-notes": chicagoNotes,
  ieee,
  acm,
};

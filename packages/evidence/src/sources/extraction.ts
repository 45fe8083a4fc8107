/** The text of a source and what it says about itself. Nothing here is guessed: what is not in the bytes is absent. */
export interface ExtractedText {
  title?: string;
  author?: string;
  /** As the document gives it. */
  date?: string;
  /** Of the text, as the document declares it, for instance `de` or `pt-BR`. */
  language?: string;
  text: string;
  /** The text was longer than the reader gives back. */
  truncated?: boolean;
  /** What a person has to know of the text, in sentences: pages without text, a part that only subscribers see. */
  note?: string;
}

/** Extracts the text of a source. In production the reader VM does it; it is passed in because this package knows no VM. */
export type TextExtractor = (o: { bytes: Uint8Array; mediaType: string; name: string }) => Promise<ExtractedText>;

/** Changes whenever the reader would give another text for the same bytes: extracted texts are kept under it. */
export const EXTRACTOR_VERSION = 2;

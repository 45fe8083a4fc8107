/** The text of a source and what it says about itself. Nothing here is guessed: what is not in the bytes is absent. */
export interface ExtractedText {
  title?: string;
  author?: string;
  /** As the document gives it. */
  date?: string;
  text: string;
  /** The text was longer than the reader gives back. */
  truncated?: boolean;
}

/** Extracts the text of a source. In production the reader VM does it; it is passed in because this package knows no VM. */
export type TextExtractor = (o: { bytes: Uint8Array; mediaType: string; name: string }) => Promise<ExtractedText>;

/** Changes whenever the reader would give another text for the same bytes: extracted texts are kept under it. */
export const EXTRACTOR_VERSION = "1";

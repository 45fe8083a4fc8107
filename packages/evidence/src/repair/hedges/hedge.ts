/** What a passage says and its source, as a hedge sees it. */
export interface Said {
  readonly text: string;
  readonly title: string;
}

/**
 * Takes over how weakly a passage says something: "may", "about", "most", "in some cases", "according to".
 * Gives the sentence, with its marks and citations, anew; undefined where there is no such word, or it is not certain where it belongs.
 */
export type Hedge = (raw: string, said: Said) => string | undefined;

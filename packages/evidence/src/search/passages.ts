import { prepareSource, type SourceText } from "../check/source.js";
import { Bm25 } from "./bm25.js";

/** A stretch of a source's text that a search found; `text` is exactly `source.text.slice(start, end)`. */
export interface FoundPassage {
  id: string;
  title: string;
  uri: string;
  start: number;
  end: number;
  text: string;
  score: number;
}

/** About a paragraph: long enough to answer, short enough to be read by many. */
const PASSAGE_CHARS = 500;

/** The passages of some sources, ready to be searched. */
export class PassageIndex {
  readonly #passages: Omit<FoundPassage, "score">[];
  readonly #ranking: Bm25;

  constructor(sources: readonly SourceText[]) {
    this.#passages = sources.flatMap(passagesOf);
    this.#ranking = new Bm25(this.#passages.map((passage) => `${passage.title}\n${passage.text}`));
  }

  /** The best passages for a query, the best first; none if they share no word with it. */
  search(query: string, limit: number): FoundPassage[] {
    return this.#ranking.search(query, limit).flatMap(({ index, score }) => {
      const passage = this.#passages[index];
      return passage ? [{ ...passage, score }] : [];
    });
  }
}

/** Whole sentences of one section, as many as make a paragraph. Headings alone answer nothing. */
function passagesOf(source: SourceText): Omit<FoundPassage, "score">[] {
  const found: Omit<FoundPassage, "score">[] = [];
  let open: { start: number; end: number; section: number } | undefined;
  const close = (): void => {
    if (!open) return;
    const { start, end } = open;
    found.push({
      id: source.id,
      title: source.title,
      uri: source.uri,
      start,
      end,
      text: source.text.slice(start, end),
    });
    open = undefined;
  };
  for (const passage of prepareSource(source).passages) {
    if (open && (open.section !== passage.section || passage.end - open.start > PASSAGE_CHARS)) close();
    if (/^#{1,6}\s/.test(passage.text)) continue;
    open = { start: open?.start ?? passage.start, end: passage.end, section: passage.section };
  }
  close();
  return found;
}

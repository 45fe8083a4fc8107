import { wordsOf } from "../check/words.js";

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** A fragment of HTML, such as a marked snippet, as one line of text. Nothing of it is ever shown as HTML. */
export function plainText(html: string): string {
  return html
    .replace(/<[^<>]*>/g, " ")
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
      if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? whole;
      const code = Number.parseInt(decimal ?? hex, decimal === undefined ? 16 : 10);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    })
    .replace(/\s+/g, " ")
    .replace(/ (?=[,.;:!?])/g, "")
    .trim();
}

/** The words of a question that a page about it would hold, each once: a search that wants all words finds nothing for a whole sentence. */
export function contentWords(query: string, most: number): string[] {
  const words = wordsOf(query).filter(({ isStop, text }) => !isStop && text.length > 1);
  return [...new Map(words.map(({ key, text }) => [key, text])).values()].slice(0, most);
}

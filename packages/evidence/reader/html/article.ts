import { Readability } from "@mozilla/readability";
import articleFinder from "defuddle";
import type { DefuddleClass } from "defuddle/node";
import { parseHTML } from "linkedom";
import { textOfHtml } from "../text/blocks.js";

/** The main part of a page, as a finder sees it. */
export interface Article {
  text: string;
  title?: string;
  author?: string;
  date?: string;
}

/** The package's one-file build, half the size of the other; its types say `default`, its code exports the class itself. */
const Defuddle = articleFinder as unknown as typeof DefuddleClass;

/** Only what is surely not the article goes: what it scores low, or knows by its pattern, was evidence too often. */
const CAREFUL = { useAsync: false, removeImages: true, removeLowScoring: false, removeContentPatterns: false };

/** What the first finder takes for the article. It works by heuristics on pages nobody wrote for it: undefined if it fails. */
export function findArticle(html: string, name: string): Article | undefined {
  const { document } = parse(html);
  const url = /^https?:\/\//.test(name) ? name : "about:blank";
  demoteHeadings(document);
  return attempt("article finder", () => {
    const { content, title, author, published } = new Defuddle(document, { ...CAREFUL, url }).parse();
    return {
      text: textOfHtml(content),
      title: title || undefined,
      author: author || undefined,
      date: published || undefined,
    };
  });
}

/** What the second finder takes for it, for pages on which the first one fails or finds next to nothing. */
export function findReadable(html: string): Article | undefined {
  const { document } = parse(html);
  return attempt("second article finder", () => {
    const found = new Readability(document, { charThreshold: 0 }).parse();
    if (!found?.content) return undefined;
    const { content, title, byline, publishedTime } = found;
    return {
      text: textOfHtml(content),
      title: title || undefined,
      author: byline || undefined,
      date: publishedTime || undefined,
    };
  });
}

function attempt(finder: string, find: () => Article | undefined): Article | undefined {
  try {
    return find();
  } catch (error) {
    // The body is still there.
    console.error(`${finder}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/**
 * The article finder takes a short paragraph with a date after the <h1> for a byline and drops it; to us it is evidence.
 * Without an <h1> it stays.
 */
function demoteHeadings(document: Document): void {
  for (const heading of document.querySelectorAll("h1")) {
    const lower = document.createElement("h2");
    lower.append(...heading.childNodes);
    heading.replaceWith(lower);
  }
}

/** What the article finders expect of a browser. */
function parse(html: string): { document: Document } {
  const { document } = parseHTML(html);
  Object.assign(document, { styleSheets: document.styleSheets ?? [] });
  if (document.defaultView && !document.defaultView.getComputedStyle) {
    Object.assign(document.defaultView, { getComputedStyle: () => ({ display: "" }) });
  }
  return { document };
}

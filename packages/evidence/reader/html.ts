import articleFinder from "defuddle";
import type { DefuddleClass } from "defuddle/node";
import { parseHTML } from "linkedom";
import type { ExtractedText } from "../src/sources/extraction.js";
import { type DomNode, textOfDom } from "./blocks.js";
import { ReaderFailure } from "./failure.js";
import { charsetOf, decode } from "./plain.js";

/** Less than this from the article finder, and twice as much in the page, means that it found the wrong part. */
const MIN_ARTICLE = 200;

/**
 * The main text of a web page. Where the article finder fails or finds next to nothing, the whole body without its scripts
 * and menus.
 * @throws ReaderFailure `no_text` for a page whose text is made by scripts
 */
export function readHtml(bytes: Uint8Array, mediaType: string, name: string): ExtractedText {
  const html = decode(
    bytes,
    charsetOf(mediaType) ?? charsetOf(Buffer.from(bytes.subarray(0, 2048)).toString("latin1")),
  );
  const article = findArticle(html, name);
  const body = bodyText(html);
  const text =
    article && (article.text.length >= MIN_ARTICLE || body.length < 2 * article.text.length) ? article.text : body;
  if (text.trim() === "") {
    throw new ReaderFailure(
      "no_text",
      "The page holds no text: it is empty, or its text is made by scripts, which are not run.",
    );
  }
  return { title: article?.title, author: article?.author, date: article?.date, text };
}

/** The package's one-file build, half the size of the other; its types say `default`, its code exports the class itself. */
const Defuddle = articleFinder as unknown as typeof DefuddleClass;

/** Only what is surely not the article goes: what it scores low, or knows by its pattern, was evidence too often. */
const CAREFUL = { useAsync: false, removeImages: true, removeLowScoring: false, removeContentPatterns: false };

function findArticle(html: string, name: string): ExtractedText | undefined {
  const { document } = parse(html);
  const url = /^https?:\/\//.test(name) ? name : "about:blank";
  const heading = demoteHeadings(document);
  try {
    const found = new Defuddle(document, { ...CAREFUL, url }).parse();
    const { document: content } = parse(`<!doctype html><html><body>${found.content}</body></html>`);
    const { title, author, published } = found;
    return {
      title: title || heading,
      author: author || undefined,
      date: published || undefined,
      text: textOfDom(content),
    };
  } catch (error) {
    // The finder works by heuristics on pages nobody wrote for it; the body is still there.
    console.error(`article finder: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/**
 * The article finder takes a short paragraph with a date after the <h1> for a byline and drops it; to us it is evidence.
 * Without an <h1> it stays. Returns the text of the first one.
 */
function demoteHeadings(document: Document): string | undefined {
  let first: string | undefined;
  for (const heading of document.querySelectorAll("h1")) {
    first ??= heading.textContent?.trim() || undefined;
    const lower = document.createElement("h2");
    lower.append(...heading.childNodes);
    heading.replaceWith(lower);
  }
  return first;
}

function bodyText(html: string): string {
  const { document } = parse(html);
  for (const element of document.querySelectorAll("nav, header nav, footer, aside, form, [hidden], [aria-hidden=true]"))
    element.remove();
  return textOfDom(document as unknown as DomNode);
}

/** What the article finder expects of a browser. */
function parse(html: string): ReturnType<typeof parseHTML> & { document: DomNode } {
  const window = parseHTML(html);
  const { document } = window;
  Object.assign(document, { styleSheets: document.styleSheets ?? [] });
  if (document.defaultView && !document.defaultView.getComputedStyle) {
    Object.assign(document.defaultView, { getComputedStyle: () => ({ display: "" }) });
  }
  return window as ReturnType<typeof parseHTML> & { document: DomNode };
}

import type { ExtractedText } from "../../src/sources/extraction.js";
import { charsetOf, decode } from "../encoding.js";
import { ReaderFailure } from "../failure.js";
import { type Article, findArticle, findReadable } from "./article.js";
import { type ScannedPage, scanPage } from "./scan.js";
import { wallOf } from "./walls.js";

/** Less than this from an article finder, and twice as much in the page, means that it found the wrong part. */
const MIN_ARTICLE = 200;
/**
 * The article finders build a tree and go through it again and again. Above these sizes the page is read as it stands, in one pass, without
 * its menus: it is a book, a table or a listing then, and has hardly anything else.
 */
const FINDERS = { chars: 1_000_000, elements: 6_000, depth: 250 };

/**
 * The main text of a web page. Where the article finders fail or find next to nothing, the whole body without its scripts and menus.
 * @throws ReaderFailure `no_text` for a page that only shows a wall, or whose text is made by scripts
 */
export function readHtml(bytes: Uint8Array, mediaType: string, name: string): ExtractedText {
  const html = decode(bytes, charsetOf(mediaType) ?? declaredIn(bytes));
  const page = scanPage(html);
  const article = isSmall(html, page) ? articleOf(html, name, page.text) : undefined;
  const text = article?.text ?? page.text;
  const { refusal, note } = wallOf(text, page);
  if (refusal !== undefined) throw new ReaderFailure("no_text", refusal);
  const { facts } = page;
  return {
    title: facts.title ?? article?.title ?? (facts.heading.trim() || facts.pageTitle),
    author: facts.author ?? article?.author,
    date: facts.date ?? article?.date,
    language: facts.language,
    text,
    note,
  };
}

/** By `<meta charset>` or its older form; an XML declaration says it too. */
function declaredIn(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 4096)).toString("latin1");
  return (
    /<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(head)?.[1] ??
    /^\s*<\?xml[^>]+encoding\s*=\s*["']([\w.:-]+)/i.exec(head)?.[1]
  );
}

function isSmall(html: string, { elements, depth }: ScannedPage): boolean {
  return html.length <= FINDERS.chars && elements <= FINDERS.elements && depth <= FINDERS.depth;
}

function articleOf(html: string, name: string, body: string): Article | undefined {
  const isArticle = (found: Article | undefined): boolean =>
    found !== undefined &&
    found.text !== "" &&
    (found.text.length >= MIN_ARTICLE || body.length < 2 * found.text.length);
  const first = findArticle(html, name);
  if (isArticle(first)) return first;
  const second = findReadable(html);
  if (isArticle(second)) return second;
  return first && { ...first, text: body };
}

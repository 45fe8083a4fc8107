import type { FootnoteDefinition, Link, LinkReference, Nodes, Parent, Root, RootContent } from "mdast";
import { toString as textOf } from "mdast-util-to-string";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { CITATION, type Span, splitSentences } from "./sentences.js";

/** A sentence of a draft. `text` is without Markdown marks, `span` lies in the draft as written. */
export interface DraftSentence {
  text: string;
  span: Span;
  kind: "heading" | "tableHead" | "row" | "prose";
  /** Counts the blocks: sentences of one paragraph have the same number. */
  block: number;
  /** Counts the lists, for what stands in one: items of the innermost list have the same number. */
  list?: number;
  /** Addresses that it links to. */
  links: string[];
}

const parser = unified().use(remarkParse).use(remarkGfm);

/** The Markdown tree of a draft. */
export function parseDraft(draft: string): Root {
  return parser.parse(draft);
}

/**
 * The sentences of a draft's prose, headings, list items and table rows. Code, raw HTML and what is not published are not prose; the words of an
 * image are, since they are published in its place.
 */
export function draftSentences(draft: string): DraftSentence[] {
  const tree = parseDraft(draft);
  const skipped = unpublished(tree);
  const sentences: DraftSentence[] = [];
  for (const [block, { node, kind, list }] of proseBlocks(tree, skipped).entries()) {
    const flat = flatten(node, draft);
    for (const span of splitSentences(flat.text)) {
      const first = flat.places[span.start] ?? 0;
      const last = flat.places[span.end - 1] ?? first;
      // Half an image is none.
      const start = flat.images.find((image) => image.start < first && first < image.end)?.start ?? first;
      const end = flat.images.find((image) => image.start <= last && last < image.end)?.end ?? last + 1;
      const links = flat.links.filter(({ at }) => at >= span.start && at < span.end).map(({ url }) => url);
      sentences.push({ text: flat.text.slice(span.start, span.end), span: { start, end }, kind, block, list, links });
    }
  }
  return sentences;
}

/** The texts of a draft that a reader sees as prose, in order, without Markdown marks. */
export function proseOf(tree: Root, draft: string, skipped: ReadonlySet<Nodes>): string[] {
  return proseBlocks(tree, skipped).map(({ node }) => flatten(node, draft).text);
}

/** The source ids in a text, in order of first use, in capitals. */
export function citedIds(text: string): string[] {
  const ids: string[] = [];
  for (const group of text.matchAll(CITATION)) {
    for (const id of group[0].match(/S\d+/gi) ?? []) ids.push(canonicalId(id));
  }
  return [...new Set(ids)];
}

/** `s03` and `S3` are one source. */
export function canonicalId(id: string): string {
  return `S${Number(id.slice(1))}`;
}

const REFERENCE_TITLE =
  /^(?:references?|sources?|bibliography|works cited|citations?|further reading|literature)\s*:?$/i;

/** What a draft holds and its readers do not get: its own reference lists, and footnotes that nothing published refers to. */
export function unpublished(tree: Root): Set<Nodes> {
  const found = new Set<Nodes>(referenceSections(tree));
  const notes = new Map<string, FootnoteDefinition>();
  const called: FootnoteDefinition[] = [];
  const definitions = (node: Nodes): void => {
    if (found.has(node)) return;
    if (node.type === "footnoteDefinition") {
      // Of two notes of one name readers get the first.
      if (!notes.has(node.identifier)) notes.set(node.identifier, node);
      found.add(node);
    }
    if ("children" in node) for (const child of (node as Parent).children) definitions(child);
  };
  const calls = (node: Nodes): void => {
    if (found.has(node)) return;
    const note = node.type === "footnoteReference" ? notes.get(node.identifier) : undefined;
    if (note && found.delete(note)) called.push(note);
    if ("children" in node) for (const child of (node as Parent).children) calls(child);
  };
  definitions(tree);
  calls(tree);
  for (let note = called.shift(); note; note = called.shift()) for (const child of note.children) calls(child);
  return found;
}

/** The top-level nodes of reference lists: what stands under a heading (or a line of its own) named so. */
function referenceSections(tree: Root): Set<RootContent> {
  const found = new Set<RootContent>();
  let depth = 0;
  for (const node of tree.children) {
    if (node.type === "heading") {
      const opens = REFERENCE_TITLE.test(textOf(node).trim());
      if (opens) depth = node.depth;
      else if (depth > 0 && node.depth <= depth) depth = 0;
    } else if (node.type === "paragraph" && depth === 0 && REFERENCE_TITLE.test(textOf(node).trim())) {
      depth = 7;
    }
    if (depth > 0) found.add(node);
  }
  return found;
}

/** `[S3](https://…)` and `[S3]` with a link definition are citations too. Undefined where a link is just a link. */
export function citationOfLink(node: Link | LinkReference): string | undefined {
  const label = textOf(node).trim();
  return /^S\d{1,6}(?:\s*[,;]\s*S\d{1,6})*$/i.test(label) ? label : undefined;
}

/** What looks like a rendered reference: `1`, `1, 2`, `1–3`. Only code writes these; in a draft they stand for no source. */
export const NUMBERS = /^\s*\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*\s*$/;

/** `<br>`, in whichever spelling: the one piece of HTML that stands for a space. */
export const LINE_BREAK = /^<br\s*\/?>$/i;

interface Block extends Pick<DraftSentence, "kind" | "list"> {
  node: Extract<Nodes, { type: "paragraph" | "heading" | "tableRow" }>;
}

function proseBlocks(tree: Root, skipped: ReadonlySet<Nodes>): Block[] {
  const blocks: Block[] = [];
  let lists = 0;
  const walk = (node: Nodes, list: number | undefined, isFirst: boolean): void => {
    if (skipped.has(node)) return;
    if (node.type === "paragraph") blocks.push({ node, kind: "prose", list });
    else if (node.type === "heading") blocks.push({ node, kind: "heading", list });
    else if (node.type === "tableRow") blocks.push({ node, kind: isFirst ? "tableHead" : "row", list });
    else if ("children" in node) {
      const inner = node.type === "list" ? ++lists : list;
      for (const [i, child] of (node as Parent).children.entries()) walk(child, inner, i === 0);
    }
  };
  walk(tree, undefined, false);
  return blocks;
}

interface Flat {
  text: string;
  /** For each character of `text` its place in the draft. */
  places: number[];
  images: Span[];
  /** Where in `text` the words of a link begin. */
  links: { at: number; url: string }[];
}

function flatten(block: Block["node"], draft: string): Flat {
  const flat: Flat = { text: "", places: [], images: [], links: [] };
  const add = (text: string, at: number): void => {
    flat.text += text;
    for (let i = 0; i < text.length; i++) flat.places.push(at);
  };
  const visit = (node: Nodes): void => {
    const at = node.position?.start.offset ?? 0;
    if (node.type === "text") addText(flat, node.value, draft, at, node.position?.end.offset ?? at);
    else if (node.type === "inlineCode") add(node.value.replace(/[[\]]/g, " "), at);
    else if (node.type === "image" || node.type === "imageReference") {
      const end = node.position?.end.offset ?? at;
      flat.images.push({ start: at, end });
      addText(flat, node.alt ?? "", draft, at + "![".length, end);
    } else if (node.type === "html") add(LINE_BREAK.test(node.value) ? " " : "", at);
    else if (node.type === "break") add("\n", at);
    else if (node.type === "link" || node.type === "linkReference") {
      const cited = citationOfLink(node);
      if (node.type === "link") flat.links.push({ at: flat.text.length, url: node.url });
      if (cited) add(`[${cited}]`, at);
      else if (NUMBERS.test(textOf(node))) add(`[${textOf(node)}]`, at);
      else for (const child of node.children) visit(child);
    } else if (node.type === "tableCell") {
      if (flat.text !== "") add(" | ", at);
      for (const child of node.children) visit(child);
    } else if ("children" in node) for (const child of (node as Parent).children) visit(child);
  };
  for (const child of block.children) visit(child);
  return flat;
}

/** Escapes and entities make the source longer than the text: both are walked together. */
function addText(flat: Flat, value: string, draft: string, start: number, end: number): void {
  let at = start;
  for (const char of value) {
    while (at < end - 1 && draft[at] !== char[0] && (draft[at] === "\\" || draft[at] === "\r" || draft[at] === ">"))
      at++;
    const entity = draft[at] !== char[0] && draft[at] === "&" ? draft.indexOf(";", at) : -1;
    for (let i = 0; i < char.length; i++) flat.places.push(Math.min(at + (entity < 0 ? i : 0), end - 1));
    flat.text += char;
    at = entity < 0 ? at + char.length : entity + 1;
  }
}

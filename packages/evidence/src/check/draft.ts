import type { Link, LinkReference, Nodes, Parent, Root, RootContent } from "mdast";
import { toString as textOf } from "mdast-util-to-string";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { CITATION, type Span, splitSentences } from "./sentences.js";

/** A sentence of a draft. `text` is without Markdown marks, `span` lies in the draft as written. */
export interface DraftSentence {
  text: string;
  span: Span;
}

const parser = unified().use(remarkParse).use(remarkGfm);

/** The Markdown tree of a draft. */
export function parseDraft(draft: string): Root {
  return parser.parse(draft);
}

/** The sentences of a draft's prose, list items and table rows. Headings, code, raw HTML and reference lists are not prose. */
export function draftSentences(draft: string): DraftSentence[] {
  const tree = parseDraft(draft);
  const skipped = referenceSections(tree);
  const sentences: DraftSentence[] = [];
  for (const block of proseBlocks(tree, skipped)) {
    const flat = flatten(block, draft);
    for (const span of splitSentences(flat.text)) {
      const start = flat.places[span.start] ?? 0;
      const end = (flat.places[span.end - 1] ?? start) + 1;
      sentences.push({ text: flat.text.slice(span.start, span.end), span: { start, end } });
    }
  }
  return sentences;
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

/** The top-level nodes of reference lists: what stands under a heading (or a line of its own) named so. */
export function referenceSections(tree: Root): Set<RootContent> {
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

type Block = Extract<Nodes, { type: "paragraph" | "tableRow" }>;

function proseBlocks(tree: Root, skipped: Set<RootContent>): Block[] {
  const blocks: Block[] = [];
  const walk = (node: Nodes): void => {
    if (node.type === "paragraph" || node.type === "tableRow") blocks.push(node);
    else if (node.type !== "heading" && "children" in node) for (const child of (node as Parent).children) walk(child);
  };
  for (const node of tree.children) if (!skipped.has(node)) walk(node);
  return blocks;
}

interface Flat {
  text: string;
  /** For each character of `text` its place in the draft. */
  places: number[];
}

function flatten(block: Block, draft: string): Flat {
  const flat: Flat = { text: "", places: [] };
  const add = (text: string, at: number): void => {
    flat.text += text;
    for (let i = 0; i < text.length; i++) flat.places.push(at);
  };
  const visit = (node: Nodes): void => {
    const at = node.position?.start.offset ?? 0;
    if (node.type === "text") addText(flat, node.value, draft, at, node.position?.end.offset ?? at);
    else if (node.type === "inlineCode") add(node.value.replace(CITATION, " "), at);
    else if (node.type === "break") add("\n", at);
    else if (node.type === "link" || node.type === "linkReference") {
      const cited = citationOfLink(node);
      if (cited) add(`[${cited}]`, at);
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

import type { Definition, Nodes, PhrasingContent, Root, RootContent } from "mdast";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { plainLine } from "../articles/article.js";
import type { ExportedArticle } from "./exported-article.js";
import { safeAddress, safeText } from "./safe-text.js";
import { tameMarkdown } from "./tame.js";

const parser = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(function withoutAutolinks() {
    // Each of these looks back over the whole paragraph at each word; bare addresses are found in the finished tree all the same.
    const names = ["emailAutolink", "wwwAutolink", "protocolAutolink"];
    const data = this.data();
    data.micromarkExtensions = [...(data.micromarkExtensions ?? []), { disable: { null: names } }];
  });

/** Levels of the tree that exports show as such; what lies deeper is shown as text. */
const DEEPEST = 60;

/**
 * The text of an article, without its title, as every export may show it: no raw HTML, no image (each is a link to it), no address but those
 * of the web and of mailboxes, nothing left to look up; with what it cites and, unless it lists them itself, its sources at the end.
 */
export function articleTree({ article, cited }: ExportedArticle): Root {
  const children = markdownTree(article.markdown, article.title);
  return { type: "root", children: [...children, ...sourceList(article, children), ...citedList(article, cited)] };
}

/** The same of any text, without a heading that says its title once more. */
export function markdownTree(markdown: string, ownTitle: string): RootContent[] {
  const tamed = tameMarkdown(markdown);
  const root = parser.parse(tamed.text);
  const cleaner = new Cleaner(definitionsOf(root), (text) => safeText(tamed.restore(text)));
  const children = root.children.flatMap((node) => cleaner.clean(node, 0)) as RootContent[];
  const title = children.findIndex((node) => node.type === "heading" && node.depth === 1);
  if (title >= 0 && plainLine(textOf(children[title])) === ownTitle) children.splice(title, 1);
  return children;
}

/** The words of a tree; not recursive, however deep it is. */
export function textOf(node: Nodes | undefined): string {
  const open = node ? [node] : [];
  let text = "";
  for (let next = open.pop(); next; next = open.pop()) {
    if ("value" in next && next.type !== "html") text += next.value;
    else if ("alt" in next) text += next.alt ?? "";
    else if (next.type === "break") text += " ";
    else if ("children" in next) for (const child of next.children.toReversed()) open.push(child);
  }
  return safeText(text);
}

/** The first definition of each name, as Markdown has it. */
function definitionsOf(root: Root): Map<string, Definition> {
  const found = new Map<string, Definition>();
  const open: Nodes[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.type === "definition" && !found.has(node.identifier)) found.set(node.identifier, node);
    if ("children" in node) for (const child of node.children.toReversed()) open.push(child);
  }
  return found;
}

class Cleaner {
  readonly #definitions: ReadonlyMap<string, Definition>;
  readonly #read: (text: string) => string;

  /** @param read what the parser gave as text */
  constructor(definitions: ReadonlyMap<string, Definition>, read: (text: string) => string) {
    this.#definitions = definitions;
    this.#read = read;
  }

  clean(node: Nodes, depth: number, isInLink = false): Nodes[] {
    switch (node.type) {
      case "html":
        return /^<br\s*\/?>$/i.test(node.value) ? [{ type: "break" }] : [];
      case "definition":
      case "yaml":
        return [];
      case "text":
      case "inlineCode":
        return [{ type: node.type, value: this.#read(node.value) }];
      case "code":
        return [{ type: "code", lang: /^[\w+#.-]{1,30}$/.exec(node.lang ?? "")?.[0], value: this.#read(node.value) }];
      case "image":
        return this.#link(node.url, [text(this.#read(node.alt?.trim() || node.url))], isInLink);
      case "imageReference":
        return this.#link(
          this.#addressOf(node.identifier),
          [text(this.#read(node.alt?.trim() || node.identifier))],
          isInLink,
        );
      case "link":
        return this.#link(node.url, this.#children(node.children, depth, true) as PhrasingContent[], isInLink);
      case "linkReference": {
        const children = this.#children(node.children, depth, true) as PhrasingContent[];
        return this.#link(this.#addressOf(node.identifier), children, isInLink);
      }
      case "footnoteDefinition":
      case "footnoteReference": {
        // An id of letters and digits alone, whatever the author called it.
        const identifier = Buffer.from(node.identifier).toString("hex");
        if (node.type === "footnoteReference") return [{ type: node.type, identifier }];
        const children = this.#children(node.children, depth, false) as typeof node.children;
        return [{ type: node.type, identifier, children }];
      }
      default:
        if (!("children" in node)) return [node];
        return [{ ...node, data: undefined, children: this.#children(node.children, depth, isInLink) } as Nodes];
    }
  }

  #children(nodes: readonly Nodes[], depth: number, isInLink: boolean): Nodes[] {
    if (depth < DEEPEST) return nodes.flatMap((child) => this.clean(child, depth + 1, isInLink));
    const isInline = nodes.some(({ type }) => type === "text" || type === "emphasis" || type === "strong");
    const flat = nodes.map((node) => text(this.#read(textOf(node))));
    return isInline ? flat : flat.map((child) => ({ type: "paragraph", children: [child] }));
  }

  #addressOf(identifier: string): string {
    return this.#definitions.get(identifier)?.url ?? "";
  }

  #link(address: string, children: PhrasingContent[], isInLink: boolean): Nodes[] {
    const url = isInLink ? undefined : safeAddress(this.#read(address));
    return url === undefined ? children : [{ type: "link", url, children }];
  }
}

const LIST_TITLE = /^(?:references?|sources?|bibliography|works cited|literature)\s*:?$/i;

/** What the article rests on, unless it says so itself. */
function sourceList({ sources }: ExportedArticle["article"], written: readonly RootContent[]): RootContent[] {
  const isListed = written.some((node) => node.type === "heading" && LIST_TITLE.test(textOf(node).trim()));
  if (sources.length === 0 || isListed) return [];
  const items = sources.map(({ id, uri, sha256 }) => [
    text(`${plainLine(id)}: `),
    linked(plainLine(uri)),
    text(`, sha256 ${sha256.slice(0, 12)}`),
  ]);
  return numbered("Sources", items);
}

/** What its author owes to other authors. */
function citedList({ citations }: ExportedArticle["article"], cited: ExportedArticle["cited"]): RootContent[] {
  if (citations.length === 0) return [];
  const items = citations.map(({ article, version, claim }) => {
    const known = cited[article];
    const what = known ? `${plainLine(known.author)}: ${plainLine(known.title)}. ` : "";
    return [text(`${what}/articles/${article}${version ? `@${version}` : ""}. Cited for: ${plainLine(claim)}`)];
  });
  return numbered("Cited articles", items);
}

function numbered(title: string, items: readonly PhrasingContent[][]): RootContent[] {
  return [
    { type: "heading", depth: 2, children: [text(title)] },
    {
      type: "list",
      ordered: true,
      start: 1,
      spread: false,
      children: items.map((children) => ({ type: "listItem", children: [{ type: "paragraph", children }] })),
    },
  ];
}

function linked(address: string): PhrasingContent {
  const url = safeAddress(address);
  return url === undefined ? text(address) : { type: "link", url, children: [text(address)] };
}

function text(value: string): PhrasingContent & { type: "text" } {
  return { type: "text", value: safeText(value) };
}

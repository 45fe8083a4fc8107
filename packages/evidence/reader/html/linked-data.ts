/** What a page's JSON-LD says of the article it shows. */
export interface LinkedFacts {
  title?: string;
  author?: string;
  date?: string;
  language?: string;
  isPaid: boolean;
}

type Node = Record<string, unknown>;

const ARTICLE = /Article|Posting|Report|Publication|Book|Thesis|Chapter|Review|Dataset|CreativeWork|WebPage/;
/** Nodes that are looked at: a graph of a page has some dozens. */
const MAX_NODES = 2_000;

/** Scripts that are no JSON are passed over: nothing else of the page depends on them. */
export function linkedFacts(scripts: readonly string[]): LinkedFacts {
  const nodes = scripts.flatMap((script) => nodesOf(parsed(script)));
  const named = new Map(nodes.filter((node) => text(node["@id"])).map((node) => [node["@id"], node]));
  const articles = nodes.filter((node) => [node["@type"]].flat().some((type) => ARTICLE.test(String(type))));
  // A page is about its article; what says it is a page only, comes second.
  const best = articles.toSorted((a, b) => weight(b) - weight(a))[0];
  return {
    title: text(best?.headline) ?? text(best?.name),
    author: namesOf(best?.author ?? best?.creator, named),
    date: text(best?.datePublished) ?? text(best?.dateCreated),
    language: text(best?.inLanguage),
    isPaid: nodes.some((node) => /^false$/i.test(String(node.isAccessibleForFree ?? ""))),
  };
}

function weight(node: Node): number {
  return (/WebPage/.test(String(node["@type"])) ? 0 : 2) + (node.datePublished === undefined ? 0 : 1);
}

function parsed(script: string): unknown {
  try {
    return JSON.parse(script.replace(/^\s*(?:<!--|\/\*.*?\*\/|<!\[CDATA\[)/, "").replace(/(?:-->|\]\]>)\s*$/, ""));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function nodesOf(root: unknown): Node[] {
  const found: Node[] = [];
  const waiting = [root];
  while (waiting.length > 0 && found.length < MAX_NODES) {
    const value = waiting.shift();
    if (Array.isArray(value)) waiting.push(...value.slice(0, MAX_NODES));
    else if (typeof value === "object" && value !== null) {
      const node = value as Node;
      found.push(node);
      waiting.push(node["@graph"], node.mainEntity, node.mainEntityOfPage, node.hasPart);
    }
  }
  return found;
}

function namesOf(value: unknown, named: ReadonlyMap<unknown, Node>): string | undefined {
  const names = [value].flat().flatMap((author) => {
    if (typeof author === "string") return [author];
    if (typeof author !== "object" || author === null) return [];
    const node = author as Node;
    const name = text(node.name) ?? text(named.get(node["@id"])?.name);
    return name ? [name] : [];
  });
  return (
    names
      .filter((name) => !/^https?:/i.test(name))
      .slice(0, 20)
      .join("; ") || undefined
  );
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

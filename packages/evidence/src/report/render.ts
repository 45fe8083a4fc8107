import type { Link, LinkReference, Nodes, Parent, RootContent } from "mdast";
import { canonicalId, citationOfLink, citedIds, parseDraft, referenceSections } from "../check/draft.js";
import { CITATION } from "../check/sentences.js";
import { EvidenceError } from "../errors.js";

/** What the reference list says of a source. */
export interface ReportSource {
  id: string;
  title: string;
  uri: string;
  /** Of the bytes that were read, hexadecimal. */
  sha256: string;
  /** When they were read, ISO 8601. */
  fetchedAt?: string;
}

/**
 * The report as it is published: every `[S3]` becomes a number in the order of first use, and a list of exactly the cited
 * sources is put at the end, in place of any list that the draft brings along. Code and links stay as they are.
 * @throws EvidenceError `unknown_source` if the draft cites an id that does not exist: nothing is rendered then
 */
export function renderReport(draft: string, sources: readonly ReportSource[]): string {
  const known = new Map(sources.map((source) => [source.id, source]));
  const tree = parseDraft(draft);
  const dropped = referenceSections(tree);
  const order: string[] = [];
  const numbers = (marker: string): string => {
    const ids = citedIds(marker);
    const unknown = ids.find((id) => !known.has(id));
    if (unknown) {
      throw new EvidenceError(
        "unknown_source",
        `The draft cites ${unknown}, which was not read: cite a source of this run.`,
      );
    }
    for (const id of ids) if (!order.includes(id)) order.push(id);
    return `[${ids.map((id) => order.indexOf(id) + 1).join(", ")}]`;
  };
  let out = "";
  let at = 0;
  const copy = (to: number): void => {
    out += draft.slice(at, to);
    at = to;
  };
  const visit = (node: Nodes): void => {
    const start = node.position?.start.offset ?? 0;
    const end = node.position?.end.offset ?? start;
    if (dropped.has(node as RootContent)) {
      copy(start);
      at = end;
    } else if (isCitation(node)) {
      copy(start);
      out += numbers(`[${citationOfLink(node)}]`);
      at = end;
    } else if (node.type === "text") {
      copy(start);
      out += draft.slice(start, end).replace(CITATION, numbers);
      at = end;
    } else if ("children" in node) for (const child of (node as Parent).children) visit(child);
  };
  visit(tree);
  copy(draft.length);
  const list = order.map((id, i) => reference(i + 1, known.get(id)));
  return `${out.trimEnd()}\n\n## References\n\n${list.join("\n")}\n`;
}

/** A file name for a title: lower-case ASCII letters and digits with hyphens, at most 80 characters, never empty. */
export function slug(title: string): string {
  const plain = title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  return plain.slice(0, 80).replace(/^-+|-+$/g, "") || "report";
}

function isCitation(node: Nodes): node is Link | LinkReference {
  return (node.type === "link" || node.type === "linkReference") && citationOfLink(node) !== undefined;
}

/** Titles and addresses come from documents that nobody vouches for: nothing in them may act as Markdown. */
function reference(number: number, source: ReportSource | undefined): string {
  if (!source) return "";
  const title = source.title
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_{}[\]<>()#!|~]/g, "\\$&");
  const isWeb = /^https?:\/\//i.test(source.uri);
  const address = isWeb
    ? `<${encodeURI(decodeSafely(source.uri)).replace(/[<>]/g, "")}>`
    : `\`${source.uri.replace(/[`\s]+/g, " ")}\``;
  const read = source.fetchedAt ? `, read ${source.fetchedAt.slice(0, 10)}` : "";
  return `${number}. ${title}. ${address}${read}, sha256 \`${source.sha256.slice(0, 12)}\` (${canonicalId(source.id)})`;
}

function decodeSafely(uri: string): string {
  try {
    return decodeURI(uri);
  } catch (error) {
    if (error instanceof URIError) return uri;
    throw error;
  }
}

import type { Nodes } from "mdast";
import { canonicalId, citedIds, NUMBERS, parseDraft, proseOf, unpublished } from "../check/draft.js";
import { CITATION } from "../check/sentences.js";
import { EvidenceError } from "../errors.js";
import { code, link, plain } from "./markup.js";
import { fetches } from "./quiet.js";
import { rewriteDraft, WRITTEN_CITATION } from "./rewrite.js";
import type { ReportSource } from "./source-item.js";

/**
 * The report as it is published: every `[S3]` becomes a number in the order of first use, and a list of exactly the cited
 * sources is put at the end, in place of any list that the draft brings along. Code and links stay as they are; raw HTML, which
 * can hide what it likes, is left out, and an image is its words. What comes out is read again: it shows exactly the references that code has written.
 * @throws EvidenceError `unknown_source` if the draft cites an id that does not exist, `invalid_input` if the report would show
 *   references that are none, or hide them: nothing is rendered then
 */
export function renderReport(draft: string, sources: readonly ReportSource[]): string {
  const known = new Map(sources.map((source) => [source.id, source]));
  const tree = parseDraft(draft);
  const dropped = unpublished(tree);
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
  const out = rewriteDraft(draft, tree, dropped, {
    text: (written) => written.replace(WRITTEN_CITATION, (marker) => numbers(marker.replaceAll(">", " "))),
    marker: numbers,
  });
  const list = order.map((id, i) => reference(i + 1, known.get(id)));
  const report = `${out}\n\n## References\n\n${list.join("\n")}\n`;
  const expected = proseOf(tree, draft, dropped).flatMap((text) => text.match(CITATION) ?? []);
  readBack(report, expected.map(numbers), list.length);
  return report;
}

/** Reads a rendered report as its readers will, and compares the references in it with those that were meant. */
function readBack(report: string, expected: readonly string[], references: number): void {
  const tree = parseDraft(report);
  const list = tree.children.at(-1);
  const heading = references === 0 ? list : tree.children.at(-2);
  const isListed = references === 0 || (list?.type === "list" && list.children.length === references);
  if (heading?.type !== "heading" || heading.position?.start.offset !== report.lastIndexOf("## References\n")) {
    throw invalid("The list of references would not be shown: close the code or the HTML that the draft leaves open");
  }
  if (!isListed) throw invalid("The list of references would not be shown in full: simplify the end of the draft");
  if (fetches(tree)) throw invalid("The draft has an image or raw HTML in it: write it without");
  const shown = proseOf(tree, report, new Set<Nodes>(list ? [list] : [])).flatMap((text) => markers(text, references));
  const odd = shown.findIndex((marker, i) => marker !== expected[i]);
  if (odd >= 0) {
    throw invalid(
      `“${shown[odd]}” would pass for a reference: cite with ids such as [S1], and leave other numbers bare`,
    );
  }
  if (shown.length < expected.length) {
    throw invalid(`A citation (${expected[shown.length]}) would not be shown: write ids plainly, as [S1] or [S1, S2]`);
  }
}

/** What a reader takes for references in a text: numbers of the list in brackets, and ids that were not rendered. */
function markers(text: string, references: number): string[] {
  const seen = text.normalize("NFKC").replace(/\p{Default_Ignorable_Code_Point}/gu, "");
  const found = seen.match(/\[[\s\d,;–-]{1,2000}\]|\[\s*S\d{1,6}(?:\s*[,;]\s*S\d{1,6})*\s*\]/gi) ?? [];
  return found.flatMap((marker) => {
    const inner = marker.slice(1, -1);
    const isReference = NUMBERS.test(inner) && (inner.match(/\d+/g) ?? []).every((n) => +n >= 1 && +n <= references);
    if (isReference) return [`[${inner.trim().replace(/\s*[,;]\s*/g, ", ")}]`];
    return /S/i.test(inner) ? [marker] : [];
  });
}

function invalid(message: string): EvidenceError {
  return new EvidenceError("invalid_input", `${message}.`);
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

function reference(number: number, source: ReportSource | undefined): string {
  if (!source) return "";
  const { title, uri, fetchedAt, sha256, id } = source;
  const address = /^https?:\/\//i.test(uri) ? link(uri) : code(uri);
  const read = fetchedAt ? `, read ${fetchedAt.slice(0, 10)}` : "";
  return `${number}. ${plain(title)}. ${address}${read}, sha256 \`${sha256.slice(0, 12)}\` (${canonicalId(id)})`;
}

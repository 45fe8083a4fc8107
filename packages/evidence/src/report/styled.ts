import type { Nodes, Parent, Root } from "mdast";
import { toString as textOf } from "mdast-util-to-string";
import { citedIds, parseDraft, proseOf, unpublished } from "../check/draft.js";
import { EvidenceError } from "../errors.js";
import { Bibliography } from "./bibliography.js";
import type { CslItem } from "./csl.js";
import { renderReport } from "./render.js";
import { rewriteDraft, WRITTEN_CITATION } from "./rewrite.js";
import { itemOf, type ReportSource } from "./source-item.js";
import { type CitationStyleName, citationStyle } from "./styles/index.js";

/**
 * The report in a citation format: what stands for `[S3]` in the text, and the list, are made from the sources by code. What comes out
 * is read again: beside citations it has the words of the draft, no more and no less.
 * @throws EvidenceError as {@link renderReport}, which refuses first whatever it would
 */
export function renderStyled(draft: string, sources: readonly ReportSource[], name: CitationStyleName): string {
  renderReport(draft, sources);
  const style = citationStyle(name);
  const tree = parseDraft(draft);
  const dropped = unpublished(tree);
  const bibliography = new Bibliography(style, citedItems(draft, sources));
  const notes: string[] = [];
  const label = freeLabel(draft);
  const cite = (ids: string[]): string => {
    const text = bibliography.cite(ids);
    if (style.system !== "notes") return text;
    notes.push(text);
    return `[^${label}${notes.length}]`;
  };
  const write = style.system === "notes" ? noteInText : markInText;
  const body = rewriteDraft(draft, tree, dropped, {
    text: (written) => write(written, cite),
    marker: (marker) => cite(citedIds(marker)),
  });
  const list = bibliography.list();
  const definitions = notes.map((text, i) => `[^${label}${i + 1}]: ${text}`);
  const end = list.length === 0 ? [] : [`## ${style.listTitle}`, ...list];
  const report = `${[body, ...definitions, ...end].join("\n\n")}\n`;
  readBack(report, draft, { tree, dropped, label, listTitle: style.listTitle, references: list.length });
  return report;
}

/** The sources that a draft cites, as CSL-JSON, in the order in which it first cites them. */
export function citedItems(draft: string, sources: readonly ReportSource[]): CslItem[] {
  const known = new Map(sources.map((source) => [source.id, source]));
  const tree = parseDraft(draft);
  const ids = new Set<string>();
  const note = (marker: string): string => {
    for (const id of citedIds(marker)) ids.add(id);
    return marker;
  };
  rewriteDraft(draft, tree, unpublished(tree), {
    text: (written) => written.replace(WRITTEN_CITATION, (marker) => note(marker.replaceAll(">", " "))),
    marker: note,
  });
  return [...ids].flatMap((id) => {
    const source = known.get(id);
    return source ? [itemOf(source)] : [];
  });
}

type Cite = (ids: string[]) => string;

const MARKER = WRITTEN_CITATION.source;
/** Citations one after the other are one; what ends the sentence before or after them is looked at, too. */
const GROUP = new RegExp(
  `(?<stop>(?<=[\\p{L}\\d%]{3}["”’)]?)\\.)?(?<space>\\s*)(?<group>${MARKER}(?:\\s*${MARKER})*)`,
  "giu",
);
const GROUP_IN_NOTES = new RegExp(`\\s*(?<group>${MARKER}(?:\\s*${MARKER})*)(?<mark>[.,;:]?)`, "giu");

/** A parenthesis stands before the full stop of its sentence. */
function markInText(written: string, cite: Cite): string {
  return written.replace(GROUP, (...found) => {
    const { stop, space, group } = groupsOf(found);
    const cited = cite(citedIds(group.replaceAll(">", " ")));
    const rest = written.slice(offsetOf(found) + String(found[0]).length);
    const isEnd = stop === "." && /^(?:\s*$|\s+["“‘(]?\p{Lu})/u.test(rest);
    return isEnd ? ` ${cited}.` : `${stop ?? ""}${space}${cited}`;
  });
}

/** The mark of a note stands after the punctuation, without a space before it. */
function noteInText(written: string, cite: Cite): string {
  return written.replace(GROUP_IN_NOTES, (...found) => {
    const { group, mark } = groupsOf(found);
    return `${mark}${cite(citedIds(group.replaceAll(">", " ")))}`;
  });
}

function groupsOf(found: readonly unknown[]): { group: string; stop?: string; space: string; mark: string } {
  return found.at(-1) as { group: string; stop?: string; space: string; mark: string };
}

function offsetOf(found: readonly unknown[]): number {
  return Number(found.at(-3));
}

/** Names for notes that no note of the draft has. */
function freeLabel(draft: string): string {
  let label = "cite";
  while (draft.toLowerCase().includes(`[^${label}`)) label += "-";
  return label;
}

/** Reads the report as its readers will: the list is there, no id is left, and without citations the words are those of the draft. */
function readBack(
  report: string,
  draft: string,
  o: { tree: Root; dropped: ReadonlySet<Nodes>; label: string; listTitle: string; references: number },
): void {
  const tree = parseDraft(report);
  const at = o.references === 0 ? tree.children.length : tree.children.length - o.references - 1;
  const heading = tree.children[at];
  const isListed = o.references === 0 || (heading?.type === "heading" && textOf(heading) === o.listTitle);
  if (!isListed) throw invalid("The list of references would not be shown in full: simplify the end of the draft");
  const body = { ...tree, children: tree.children.slice(0, at) };
  const before = words(proseOf(o.tree, draft, o.dropped).map((text) => text.replace(new RegExp(MARKER, "gi"), "")));
  const shown = proseOf(body, report, new Set(notesOf(body, o.label)));
  if (shown.some((text) => new RegExp(MARKER, "i").test(text))) {
    throw invalid(
      "A citation would not be shown in the format that was asked for: write ids plainly, as [S1] or [S1, S2]",
    );
  }
  if (!isWithin(before, words(shown))) {
    throw invalid("The text would not be shown as it was checked: simplify what stands beside its citations");
  }
}

/** The notes that code has written; those of the draft are text of the draft. */
function notesOf(tree: Root, label: string): Nodes[] {
  const found: Nodes[] = [];
  const walk = (node: Nodes): void => {
    if (node.type === "footnoteDefinition" && node.identifier.startsWith(label)) found.push(node);
    if ("children" in node) for (const child of (node as Parent).children) walk(child);
  };
  walk(tree);
  return found;
}

function words(texts: readonly string[]): string {
  return texts.join("").replace(/[^\p{L}\p{N}]+/gu, "");
}

/** Whether a text is another one with something put in. */
function isWithin(text: string, more: string): boolean {
  let at = 0;
  for (let i = 0; i < more.length; i++) if (more[i] === text[at]) at++;
  return at >= text.length;
}

function invalid(message: string): EvidenceError {
  return new EvidenceError("invalid_input", `${message}.`);
}

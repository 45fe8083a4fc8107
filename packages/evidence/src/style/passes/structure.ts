import type { Heading, List, Nodes, Parent, Table } from "mdast";
import { toString as textOf } from "mdast-util-to-string";
import { unpublished } from "../../check/draft.js";
import { headline } from "../../report/title.js";
import type { Edit } from "../edits.js";
import type { Guide } from "../guide.js";
import { editsIn, type ParsedDraft, type ProseBlock } from "../prose.js";

/** Headings without a gap between their levels: what stands under another one is one level deeper. */
export function levels({ draft, tree }: ParsedDraft, { headings }: Pick<Guide, "headings">): Edit[] {
  if (headings === "keep") return [];
  const skipped = unpublished(tree);
  const all = tree.children.filter((node): node is Heading => node.type === "heading" && !skipped.has(node));
  const first = Math.min(...all.map(({ depth }) => depth));
  const open: number[] = [];
  return all.flatMap((heading) => {
    while ((open.at(-1) ?? 0) >= heading.depth) open.pop();
    open.push(heading.depth);
    const start = heading.position?.start.offset ?? 0;
    const marks = /^#{1,6}(?=\s)/.exec(draft.slice(start, start + 7))?.[0];
    const text = "#".repeat(Math.min(6, first + open.length - 1));
    // A heading that is underlined has its level by its line.
    return marks === undefined || marks === text ? [] : [{ start, end: start + marks.length, text }];
  });
}

/** Capitals of headings. Only a word that the text itself writes small is made small: any other may be a name. */
export function headingCase({ blocks }: ParsedDraft, { headings }: Pick<Guide, "headings">): Edit[] {
  if (headings === "keep") return [];
  const common = headings === "sentence" ? commonWords(blocks) : new Set<string>();
  return blocks.flatMap((block) => {
    if (block.kind !== "heading") return [];
    const after = headings === "title" ? headline(block.text) : sentenceCase(block.text, common);
    if (after.length !== block.text.length) return [];
    const edits = [...block.text.matchAll(/\S+/g)].map(({ index, 0: word }) => {
      const end = index + word.length;
      return { start: index, end, text: after.slice(index, end) };
    });
    return editsIn(block, edits);
  });
}

function sentenceCase(text: string, common: ReadonlySet<string>): string {
  return text.replace(/\p{Lu}\p{Ll}+(?![\p{L}\d])/gu, (word, at: number) => {
    const opens = /(?:^[^\p{L}\d]*|[.:!?—]\s+["'“‘(]*)$/u.test(text.slice(0, at));
    const isWhole = !/[\p{L}\d'’]$/u.test(text.slice(0, at));
    return !opens && isWhole && common.has(word.toLowerCase()) ? word.toLowerCase() : word;
  });
}

/** Words that the prose writes small, and with a capital at most at the beginning of a sentence. */
function commonWords(blocks: readonly ProseBlock[]): Set<string> {
  const small = new Set<string>();
  const capital = new Set<string>();
  for (const { text } of blocks.filter(({ kind }) => kind === "paragraph")) {
    for (const { 0: word, index } of text.matchAll(/(?<![\p{L}\d'’])\p{L}\p{Ll}+(?![\p{L}\d])/gu)) {
      const opens = /(?:^|[.:!?—]["'”’)]*\s+)["'“‘(*]*$/u.test(text.slice(0, index));
      if (/^\p{Ll}/u.test(word)) small.add(word);
      else if (!opens) capital.add(word.toLowerCase());
    }
  }
  return new Set([...small].filter((word) => !capital.has(word)));
}

/** The mark of lists without numbers. Of two lists one behind the other none is changed: they would become one. */
export function listMarks({ draft, tree }: ParsedDraft, { lists }: Pick<Guide, "lists">): Edit[] {
  if (lists === "keep") return [];
  const skipped = unpublished(tree);
  const edits: Edit[] = [];
  const walk = (node: Nodes): void => {
    if (skipped.has(node) || node.type === "blockquote" || !("children" in node)) return;
    const { children } = node as Parent;
    for (const [i, child] of children.entries()) {
      const isAlone = children[i - 1]?.type !== "list" && children[i + 1]?.type !== "list";
      if (child.type === "list" && !child.ordered && isAlone && !skipped.has(child))
        edits.push(...marksOf(child, draft, lists));
      walk(child);
    }
  };
  walk(tree);
  return edits;
}

function marksOf({ children }: List, draft: string, mark: string): Edit[] {
  return children.flatMap((item) => {
    const start = item.position?.start.offset ?? 0;
    return /[-+*]/.test(draft[start] ?? "") && draft[start] !== mark ? [{ start, end: start + 1, text: mark }] : [];
  });
}

/** Tables with their columns under each other, numbers to the right. One that stands in a list or a quotation stays as it is. */
export function tables({ draft, tree }: ParsedDraft, guide: Pick<Guide, "tables">): Edit[] {
  if (guide.tables === "keep") return [];
  return tree.children.flatMap((node) => {
    if (node.type !== "table") return [];
    const start = node.position?.start.offset ?? 0;
    const end = node.position?.end.offset ?? start;
    const text = aligned(node, draft);
    return text === undefined || text === draft.slice(start, end) ? [] : [{ start, end, text }];
  });
}

const NUMBER = /^[~≈<>+−–-]?\s*(?:US\$|[$€£¥])?\d[\d,.]*\s*(?:%|[a-zA-Z]{1,8})?(?:\s*\[[^\]]*\])*$/;

function aligned(table: Table, draft: string): string | undefined {
  const count = table.children[0]?.children.length ?? 0;
  const rows = table.children.map((row) =>
    row.children.map((cell) => {
      const [first, last] = [cell.children[0], cell.children.at(-1)];
      return draft.slice(first?.position?.start.offset ?? 0, first ? (last?.position?.end.offset ?? 0) : 0);
    }),
  );
  if (rows.some((row) => row.length > count)) return undefined;
  const columns = Array.from({ length: count }, (_, n) => {
    const [, ...cells] = table.children.map((row) => textOf(row.children[n] ?? { type: "text", value: "" }).trim());
    const isNumeric =
      cells.length > 0 && cells.every((cell) => cell === "" || NUMBER.test(cell)) && cells.some((cell) => cell !== "");
    const align = table.align?.[n] ?? (isNumeric ? "right" : null);
    return { align, width: Math.max(3, ...rows.map((row) => [...(row[n] ?? "")].length)) };
  });
  const line = (cells: readonly string[]): string =>
    `| ${columns.map(({ align, width }, n) => padded(cells[n] ?? "", width, align)).join(" | ")} |`;
  const rule = columns.map(({ align, width }) => {
    const left = align === "left" || align === "center" ? ":" : "-";
    return `${left}${"-".repeat(width - 2)}${align === "right" || align === "center" ? ":" : "-"}`;
  });
  const [head = [], ...body] = rows;
  return [line(head), line(rule), ...body.map(line)].join("\n");
}

function padded(cell: string, width: number, align: string | null | undefined): string {
  const free = " ".repeat(width - [...cell].length);
  return align === "right" ? free + cell : cell + free;
}

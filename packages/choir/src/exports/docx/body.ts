import type { Nodes, Parent, Table } from "mdast";
import type { Note } from "../notes.js";
import { escapeMarkup } from "../safe-text.js";
import { LIST_LEVELS, wordPart } from "./parts.js";

/** Where a block stands. */
interface Place {
  style?: string;
  /** Levels of lists around it; 0 for none. */
  level: number;
  /** The list whose mark the next paragraph bears. */
  list?: number;
  /** In front of the next paragraph. */
  before?: string;
}

interface TextStyle {
  isBold?: boolean;
  isItalic?: boolean;
  isStruck?: boolean;
  isCode?: boolean;
  isLink?: boolean;
}

/** Writes a tree as paragraphs of WordprocessingML and gathers what they refer to. */
export class DocxBody {
  /** Addresses of links, escaped; `link1` is the first. */
  readonly links: string[] = [];
  /** With what each list of numbers begins; the first is list 2. */
  readonly starts: number[];
  readonly #notes: ReadonlyMap<string, Note>;

  /** @param starts shared by the parts of a file, which number their lists together */
  constructor(notes: ReadonlyMap<string, Note>, starts: number[]) {
    this.#notes = notes;
    this.starts = starts;
  }

  blocks(nodes: readonly Nodes[], place: Place = { level: 0 }): string {
    return nodes.map((node) => this.#block(node, place)).join("");
  }

  /** The notes as a part of their own. */
  noteParts(): string {
    const mark =
      '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> </w:t></w:r>';
    const notes = [...this.#notes.values()].map(({ number, definition }) => {
      const place: Place = { level: 0, style: "FootnoteText", before: mark };
      const content = this.blocks(definition.children, place) || paragraph("FootnoteText", "", mark);
      return `<w:footnote w:id="${number}">${content}</w:footnote>`;
    });
    // Word wants these two before all others.
    const separators = ["separator", "continuationSeparator"].map(
      (type, i) => `<w:footnote w:type="${type}" w:id="${i - 1}"><w:p><w:r><w:${type}/></w:r></w:p></w:footnote>`,
    );
    return wordPart("footnotes", [...separators, ...notes].join(""));
  }

  #block(node: Nodes, place: Place): string {
    switch (node.type) {
      case "heading":
        return this.#paragraph(node, place, `Heading${node.depth}`);
      case "paragraph":
        return this.#paragraph(node, place);
      case "blockquote":
        return this.blocks(node.children, { ...place, style: "Quote" });
      case "code":
        return node.value
          .split("\n")
          .map((line) => paragraph("Code", indent(place), run(line, { isCode: true })))
          .join("")
          .concat(paragraph(undefined, "", ""));
      case "list": {
        const list = node.ordered ? this.starts.push(Math.min(node.start ?? 1, 32_767)) + 1 : 1;
        const level = Math.min(place.level + 1, LIST_LEVELS);
        return node.children
          .map((item) => {
            const box = item.checked == null ? "" : run(item.checked ? "☒ " : "☐ ", {});
            const own = { ...place, level, list, before: box };
            return item.children.length === 0 ? this.#paragraph(item, own) : this.blocks(item.children, own);
          })
          .join("");
      }
      case "table":
        return this.#table(node);
      case "thematicBreak":
        return '<w:p><w:pPr><w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="BBBBBB"/></w:pBdr></w:pPr></w:p>';
      case "footnoteDefinition":
        return "";
      default:
        return this.#paragraph({ type: "paragraph", children: [node] } as Parent, place);
    }
  }

  #paragraph(node: Parent, place: Place, style = place.style): string {
    const { list, level, before = "" } = place;
    const mark =
      list === undefined
        ? indent(place)
        : `<w:numPr><w:ilvl w:val="${level - 1}"/><w:numId w:val="${list}"/></w:numPr>`;
    // The mark and what stands in front are of the first paragraph alone; those after it are only indented.
    place.list = undefined;
    place.before = undefined;
    return paragraph(style, mark, before + this.#inlineOf(node, {}));
  }

  #table({ children: rows, align }: Table): string {
    const count = Math.max(1, ...rows.map(({ children }) => children.length));
    const width = Math.floor(9_000 / count);
    const border = (side: string) => `<w:${side} w:val="single" w:sz="4" w:space="0" w:color="BBBBBB"/>`;
    const borders = ["top", "left", "bottom", "right", "insideH", "insideV"].map(border).join("");
    const lines = rows.map((row, i) => {
      const cells = Array.from({ length: count }, (_, n) => {
        const cell = row.children[n];
        const side = align?.[n] ? `<w:jc w:val="${align[n]}"/>` : "";
        const content = cell ? this.#inlineOf(cell, { isBold: i === 0 }) : "";
        return `<w:tc><w:tcPr><w:tcW w:w="${width}" w:type="dxa"/></w:tcPr>${paragraph(undefined, side, content)}</w:tc>`;
      });
      const head = i === 0 ? "<w:trPr><w:tblHeader/></w:trPr>" : "";
      return `<w:tr>${head}${cells.join("")}</w:tr>`;
    });
    const grid = `<w:gridCol w:w="${width}"/>`.repeat(count);
    return `<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>${borders}</w:tblBorders></w:tblPr><w:tblGrid>${grid}</w:tblGrid>${lines.join("")}</w:tbl>${paragraph(undefined, "", "")}`;
  }

  #inlineOf(node: Parent, style: TextStyle): string {
    return node.children.map((child) => this.#inline(child, style)).join("");
  }

  #inline(node: Nodes, style: TextStyle): string {
    switch (node.type) {
      case "text":
        return run(node.value.replace(/\s+/g, " "), style);
      case "inlineCode":
        return run(node.value.replace(/\s+/g, " "), { ...style, isCode: true });
      case "break":
        return "<w:r><w:br/></w:r>";
      case "footnoteReference": {
        const note = this.#notes.get(node.identifier);
        if (note === undefined) return "";
        return `<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="${note.number}"/></w:r>`;
      }
      case "strong":
        return this.#inlineOf(node, { ...style, isBold: true });
      case "emphasis":
        return this.#inlineOf(node, { ...style, isItalic: true });
      case "delete":
        return this.#inlineOf(node, { ...style, isStruck: true });
      case "link": {
        const id = this.links.push(escapeMarkup(node.url));
        return `<w:hyperlink r:id="link${id}">${this.#inlineOf(node, { ...style, isLink: true })}</w:hyperlink>`;
      }
      default:
        return "children" in node ? this.#inlineOf(node, style) : "";
    }
  }
}

/** @param properties behind the style, in the order of the schema */
export function paragraph(style: string | undefined, properties: string, content: string): string {
  const name = style === undefined ? "" : `<w:pStyle w:val="${style}"/>`;
  return `<w:p><w:pPr>${name}${properties}</w:pPr>${content}</w:p>`;
}

export function run(text: string, { isBold, isItalic, isStruck, isCode, isLink }: TextStyle): string {
  const properties = [
    isCode ? '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Consolas"/>' : "",
    isBold ? "<w:b/>" : "",
    isItalic ? "<w:i/>" : "",
    isStruck ? "<w:strike/>" : "",
    isLink ? '<w:color w:val="7A5A00"/><w:u w:val="single"/>' : "",
  ].join("");
  return `<w:r><w:rPr>${properties}</w:rPr><w:t xml:space="preserve">${escapeMarkup(text)}</w:t></w:r>`;
}

function indent({ level }: Place): string {
  return level === 0 ? "" : `<w:ind w:left="${level * 400}"/>`;
}

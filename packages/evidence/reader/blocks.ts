/** The little of the DOM that is read here. */
export interface DomNode {
  nodeType: number;
  nodeName: string;
  nodeValue: string | null;
  childNodes: Iterable<DomNode>;
}

const PARAGRAPHS =
  /^(?:P|DIV|SECTION|ARTICLE|MAIN|HEADER|FOOTER|BLOCKQUOTE|FIGURE|FIGCAPTION|DL|DT|DD|UL|OL|ADDRESS|DETAILS|SUMMARY|HR|BODY|PRE|ASIDE|NAV|FORM|FIELDSET|TABLE)$/;
const SILENT =
  /^(?:SCRIPT|STYLE|NOSCRIPT|TEMPLATE|SVG|MATH|IFRAME|OBJECT|CANVAS|HEAD|BUTTON|INPUT|SELECT|TEXTAREA|IMG|VIDEO|AUDIO)$/;

/** Stands for a <br> until white space is folded; a private character that no clean text holds. */
const LINE_BREAK = "\ue000";

/** The text of a DOM tree as light Markdown: headings, list items and table rows keep their marks, the rest is paragraphs. */
export function textOfDom(root: DomNode): string {
  const out = new Writer();
  write(root, out);
  return out.text();
}

class Writer {
  readonly #blocks: string[] = [];
  #line = "";

  add(text: string): void {
    this.#line += text;
  }

  /** Ends the block under way; `mark` stands before the next one. */
  close(): void {
    const text = this.#line
      .replace(/[ \t\f\r\n]+/g, " ")
      .replaceAll(LINE_BREAK, "\n")
      .replace(/ ?\n ?/g, "\n")
      .trim();
    if (text !== "" && !/^(?:#{1,6}|-)$/.test(text)) this.#blocks.push(text);
    this.#line = "";
  }

  text(): string {
    this.close();
    let text = "";
    for (const [i, block] of this.#blocks.entries()) {
      const isTight =
        /^[-|]/.test(block) && /^[-|]/.test(this.#blocks[i - 1] ?? "") && block[0] === this.#blocks[i - 1]?.[0];
      text += i === 0 ? block : `${isTight ? "\n" : "\n\n"}${block}`;
    }
    return text;
  }
}

function write(node: DomNode, out: Writer): void {
  const name = node.nodeName.toUpperCase();
  const heading = /^H([1-6])$/.exec(name)?.[1];
  if (node.nodeType === 3) out.add(node.nodeValue ?? "");
  else if (![1, 9, 11].includes(node.nodeType) || SILENT.test(name)) return;
  else if (name === "BR") out.add(LINE_BREAK);
  else if (heading !== undefined) writeBlock(node, out, `${"#".repeat(Number(heading))} `);
  else if (name === "LI") writeBlock(node, out, "- ");
  else if (name === "TR") writeRow(node, out);
  else if (PARAGRAPHS.test(name)) writeBlock(node, out, "");
  else for (const child of node.childNodes) write(child, out);
}

function writeBlock(node: DomNode, out: Writer, mark: string): void {
  out.close();
  out.add(mark);
  for (const child of node.childNodes) write(child, out);
  out.close();
}

function writeRow(node: DomNode, out: Writer): void {
  out.close();
  const cells = [...node.childNodes].filter((child) => /^T[DH]$/i.test(child.nodeName)).map((cell) => oneLine(cell));
  if (cells.some((cell) => cell !== "")) out.add(`| ${cells.join(" | ")} |`);
  out.close();
}

function oneLine(cell: DomNode): string {
  return textOfDom(cell).replace(/\s+/g, " ").replaceAll("|", "/").trim();
}

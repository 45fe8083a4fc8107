export type Attributes = Readonly<Record<string, string>>;

/** A paragraph, heading, list item, table row or piece of code. */
export interface Block {
  kind: "text" | "item" | "row";
  text: string;
}

/** Blocks as one text: items of a list and rows of a table follow each other, the rest has a line between. */
export function joined(blocks: readonly Block[]): string {
  const parts: string[] = [];
  for (const [i, block] of blocks.entries()) {
    const isTight = block.kind !== "text" && block.kind === blocks[i - 1]?.kind;
    if (i > 0) parts.push(isTight ? "\n" : "\n\n");
    parts.push(block.text);
  }
  return parts.join("");
}

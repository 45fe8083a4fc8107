import type { FootnoteDefinition, Nodes, Root } from "mdast";

/** A note with its number, in the order in which the text calls them. */
export interface Note {
  number: number;
  definition: FootnoteDefinition;
}

/** The notes that a text calls, by their identifier; of two of one name the first. */
export function notesOf(tree: Root): Map<string, Note> {
  const definitions = new Map<string, FootnoteDefinition>();
  const calls: string[] = [];
  const walk = (node: Nodes): void => {
    if (node.type === "footnoteDefinition" && !definitions.has(node.identifier)) definitions.set(node.identifier, node);
    if (node.type === "footnoteReference") calls.push(node.identifier);
    if ("children" in node) for (const child of node.children) walk(child);
  };
  walk(tree);
  const notes = new Map<string, Note>();
  for (const identifier of calls) {
    const definition = definitions.get(identifier);
    if (definition && !notes.has(identifier)) notes.set(identifier, { number: notes.size + 1, definition });
  }
  return notes;
}

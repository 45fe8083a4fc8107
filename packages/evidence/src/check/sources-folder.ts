import type { SourceText } from "./source.js";

/** A file of a folder, by its name. */
export interface FolderFile {
  name: string;
  text: string;
}

/**
 * The sources of a run as a folder that programs in the VM can read: `S1.txt`, `S2.txt`, … with the texts, and `index.json`
 * with `[{id, title, uri, unreachable?}]`.
 */
export function sourcesFolder(sources: readonly SourceText[]): FolderFile[] {
  const index = sources.map(({ id, title, uri, unreachable }) => ({ id, title, uri, unreachable }));
  return [
    ...sources.map(({ id, text }) => ({ name: `${id}.txt`, text })),
    { name: "index.json", text: `${JSON.stringify(index, null, 2)}\n` },
  ];
}

/**
 * Reads such a folder back.
 * @param read gives the text of a file of the folder
 * @throws Error in a sentence if the folder is not one
 */
export async function sourcesIn(read: (name: string) => Promise<string>): Promise<SourceText[]> {
  const index: unknown = JSON.parse(await read("index.json"));
  if (!Array.isArray(index)) throw new Error("index.json is not a list of sources.");
  return await Promise.all(
    index.map(async (entry: unknown) => {
      if (!isEntry(entry)) throw new Error("Every entry of index.json needs an id such as S1, a title and a uri.");
      return { ...entry, text: await read(`${entry.id}.txt`) };
    }),
  );
}

function isEntry(entry: unknown): entry is Omit<SourceText, "text"> {
  if (typeof entry !== "object" || entry === null) return false;
  const { id, title, uri, unreachable } = entry as Record<string, unknown>;
  const isText = (value: unknown): boolean => typeof value === "string";
  return (
    isText(id) &&
    /^S[1-9]\d*$/.test(String(id)) &&
    isText(title) &&
    isText(uri) &&
    (unreachable === undefined || isText(unreachable))
  );
}

import { posix } from "node:path";
import { z } from "zod";
import { sha256 } from "../canonical.js";
import { Refusal } from "../tools/refusal.js";
import { isMemoryPath, type MemoryEntry, PATH_RULE } from "./entry.js";
import type { Memories } from "./memories.js";

/** What a call of a file tool is to make of an entry. */
export interface MemoryChange {
  readonly path: string;
  /** What is there now; undefined for nothing. */
  readonly entry: MemoryEntry | undefined;
  /** Of what is there, a deletion counted as one; 0 where there never was anything. */
  readonly version: number;
  /** Undefined: it is deleted. */
  readonly after: string | undefined;
  /** Of `after`. */
  readonly sha256: string | undefined;
}

const FOLDER = "/memories/";
/** The file tools that change something. */
const CHANGES: ReadonlySet<string> = new Set(["write_file", "edit_file", "delete"]);
const Write = z.object({ file_path: z.string(), content: z.string() });
const Edit = z.object({
  file_path: z.string(),
  old_string: z.string(),
  new_string: z.string(),
  replace_all: z.boolean().default(false),
});
const Named = z.object({ file_path: z.string() });

/** The entry that a path in the VM names; undefined for any other file. */
export function entryAt(path: unknown): string | undefined {
  if (typeof path !== "string") return undefined;
  const whole = posix.normalize(`/${path}`);
  return whole.startsWith(FOLDER) && whole.length > FOLDER.length ? whole.slice(FOLDER.length) : undefined;
}

/**
 * What a tool call would make of the memory, by what is stored and not by what lies in the VM, where a program may have written meanwhile;
 * undefined for a call that changes nothing of it.
 * @throws Refusal `invalid_argument` for a path that no entry has
 */
export async function changeOf(
  tool: string,
  args: unknown,
  memories: Pick<Memories, "find" | "lastVersion">,
): Promise<MemoryChange | undefined> {
  const path = CHANGES.has(tool) ? entryAt(Named.safeParse(args).data?.file_path) : undefined;
  if (path === undefined) return undefined;
  if (!isMemoryPath(path)) throw new Refusal("invalid_argument", PATH_RULE);
  const known = await memories.find(path);
  const entry = known?.entry;
  const version = known?.version ?? (await memories.lastVersion(path));
  const of = { path, entry, version };
  if (tool === "delete") return { ...of, after: undefined, sha256: undefined };
  const after = tool === "write_file" ? Write.safeParse(args).data?.content : edited(tool, args, textOf(entry) ?? "");
  return after === undefined ? undefined : { ...of, after, sha256: sha256(after) };
}

/** The text of an entry; undefined for none, and for bytes that are no text. */
export function textOf(entry: MemoryEntry | undefined): string | undefined {
  return entry?.encoding === undefined ? entry?.content : undefined;
}

function edited(tool: string, args: unknown, before: string): string | undefined {
  const edit = tool === "edit_file" ? Edit.safeParse(args).data : undefined;
  if (edit === undefined || edit.old_string === "") return undefined;
  const { old_string, new_string, replace_all } = edit;
  const parts = before.split(old_string);
  // Where it stands more than once, or not at all, the tool refuses.
  if (parts.length === 1 || (parts.length > 2 && !replace_all)) return undefined;
  return parts.join(new_string);
}

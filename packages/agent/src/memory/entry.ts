import { z } from "zod";
import { AgentError } from "../errors.js";
import { oneLine, visibleText } from "../sanitize.js";
import { TaintMark } from "../taint/origin.js";

/** Bytes of one entry. Memory is text to be read again; what is larger belongs to the artifacts. */
export const LARGEST_ENTRY = 1024 * 1024;
/** Entries of one agent. */
export const MOST_ENTRIES = 10_000;

const LONGEST_PATH = 200;
/** What is said of a path that is none of an entry. */
export const PATH_RULE = `An entry is named by a path such as facts/team.md: up to ${LONGEST_PATH} visible characters, without empty names, "." and "..".`;

/** Who has written something that is remembered: the person, the host itself, or an agent at work. */
export const MemoryWriter = z.enum(["person", "host", "agent"]);
export type MemoryWriter = z.infer<typeof MemoryWriter>;

/** An entry as it is stored; deepagents' own StoreBackend keeps files in the same shape. */
export const MemoryEntry = z.object({
  content: z.string(),
  encoding: z.literal("base64").optional(),
  mimeType: z.string(),
  created_at: z.string(),
  modified_at: z.string(),
  sha256: z.string(),
  size: z.number(),
  /** The run that wrote it, or who else. */
  writer: z.string(),
  /** Absent in entries of earlier releases, which an agent wrote. */
  by: MemoryWriter.optional(),
  /** What the agent had seen from outside when it wrote this; a person has allowed it then. */
  taint: z.array(TaintMark).optional(),
});
export type MemoryEntry = z.infer<typeof MemoryEntry>;

/** What is known of an entry, without its content. */
export const MemoryInfo = z.object({
  /** Below `/memories`. */
  path: z.string(),
  version: z.int(),
  size: z.int(),
  sha256: z.string(),
  by: MemoryWriter,
  writer: z.string(),
  taint: z.array(TaintMark),
  createdAt: z.string(),
  modifiedAt: z.string(),
});
export type MemoryInfo = z.infer<typeof MemoryInfo>;

/** A version of an entry; `deleted` ones have no content. */
export const MemoryVersion = MemoryInfo.partial().extend({
  path: z.string(),
  version: z.int(),
  deleted: z.boolean(),
  at: z.string(),
});
export type MemoryVersion = z.infer<typeof MemoryVersion>;

/** What was left in the folder without leave: kept aside until a person takes it or drops it. */
export const ProposedMemory = z.object({
  /** The first digits of the hash of its path and content. */
  id: z.string(),
  path: z.string(),
  sha256: z.string(),
  size: z.int(),
  run: z.string(),
  at: z.string(),
  /** What was there when it was left; 0 for nothing, absent in proposals of earlier releases. */
  version: z.int().nonnegative().optional(),
});
export type ProposedMemory = z.infer<typeof ProposedMemory>;

export function infoOf(path: string, version: number, entry: MemoryEntry): MemoryInfo {
  const { size, sha256, writer, by = "agent", taint = [], created_at: createdAt, modified_at: modifiedAt } = entry;
  return { path, version, size, sha256, by, writer, taint, createdAt, modifiedAt };
}

/** The path that a person gave, below `/memories`. @throws AgentError `invalid_memory` for one that leads elsewhere, or that nobody could see */
export function memoryPath(text: string): string {
  const path = text.replace(/^\/(memories\/)?/, "");
  if (isMemoryPath(path)) return path;
  throw new AgentError("invalid_memory", PATH_RULE);
}

/** Whether an entry may have that path. */
export function isMemoryPath(path: string): boolean {
  const isPlain = path.split("/").every((name) => name.trim() !== "" && name !== "." && name !== "..");
  return isPlain && path.length <= LONGEST_PATH && visibleText(path) === path && !/[\n\t]/.test(path);
}

/** Where an entry is in the VM, as one line; also one whose path came there before paths were looked at. */
export function placeOf(path: string): string {
  return `/memories/${oneLine(path, LONGEST_PATH)}`;
}

/** The bytes of an entry. */
export function bytesOf({ content, encoding }: Pick<MemoryEntry, "content" | "encoding">): Buffer {
  return Buffer.from(content, encoding ?? "utf8");
}

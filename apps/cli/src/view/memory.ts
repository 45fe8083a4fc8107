import { type MemoryInfo, type MemoryVersion, markText } from "@vibewriter/agent/runs";
import type { FoundMemory, ShownProposal } from "@vibewriter/server";
import { plain, plainLines } from "../escape.js";
import { age, bytesText } from "./format.js";
import { table } from "./table.js";

const PREVIEW_LINES = 6;

export function memoryTable(memories: readonly MemoryInfo[], width: number): string[] {
  const now = Date.now();
  const rows = memories.map((memory) => [
    String(memory.version),
    bytesText(memory.size),
    age(memory.modifiedAt, now),
    plain(whoWrote(memory)),
    plain(memory.path),
  ]);
  return table([["VERSION", "SIZE", "AGE", "BY", "PATH"], ...rows], width);
}

/** What is known of an entry, a line each. */
export function memoryFacts(memory: MemoryInfo): string[] {
  const { path, version, size, modifiedAt, sha256 } = memory;
  return [
    `${plain(path)}, version ${version}`,
    `Written ${modifiedAt} by ${plain(whoWrote(memory))}; ${bytesText(size)}, sha256 ${sha256.slice(0, 12)}`,
    ...memory.taint.map((mark) => plain(`After it had seen: ${markText(mark)}`)),
  ];
}

export function versionTable(versions: readonly MemoryVersion[], width: number): string[] {
  const now = Date.now();
  const rows = versions.map((version) => [
    String(version.version),
    age(version.at, now),
    version.deleted || version.size === undefined ? "deleted" : bytesText(version.size),
    plain(version.deleted ? "" : whoWrote(version)),
  ]);
  return table([["VERSION", "AGE", "SIZE", "BY"], ...rows], width);
}

export function foundLines(found: readonly FoundMemory[]): string[] {
  return found
    .flatMap((one) => [
      `${plain(one.path)}  (${plain(whoWrote(one))}, ${one.modifiedAt.slice(0, 10)})`,
      ...indented(one.text),
      "",
    ])
    .slice(0, -1);
}

/** What waits for a person, each with how it begins: that is what they decide about. */
export function proposalLines(proposed: readonly ShownProposal[]): string[] {
  const now = Date.now();
  const lines = proposed.flatMap((one) => [
    `${one.id}  ${plain(one.path)}, left by a program of ${plain(one.run)} ${age(one.at, now)} ago, ${bytesText(one.size)}`,
    ...indented(one.text),
    "",
  ]);
  return [...lines, "Take one with vibewriter memory accept ID, or drop it with vibewriter memory drop ID."];
}

function indented(text: string): string[] {
  const lines = plainLines(text)
    .split("\n")
    .filter((line) => line.trim() !== "");
  const shown = lines.slice(0, PREVIEW_LINES).map((line) => `    ${line}`);
  return lines.length > PREVIEW_LINES ? [...shown, `    … ${lines.length - PREVIEW_LINES} more lines`] : shown;
}

function whoWrote({ by, writer, taint = [] }: Partial<MemoryInfo>): string {
  if (by === "person") return "you";
  return `${by === "host" ? "the host, for" : "the agent, in"} ${writer}${taint.length > 0 ? ", from outside" : ""}`;
}

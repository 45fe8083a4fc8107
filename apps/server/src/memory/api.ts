import { MemoryInfo, MemoryVersion, ProposedMemory } from "@vibewriter/agent/runs";
import { z } from "zod";

/** What is said of the memory of agents between the owner process and its clients. Times are ISO 8601. */

const agent = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "An agent's id is up to 32 lower-case letters, digits and hyphens.");
const path = z.string().min(1).max(1_000);
const version = z.coerce.number().int().positive();
/** The version that is replaced, 0 for none; absent: whichever there is. */
const expected = z.coerce.number().int().nonnegative().optional();

export const MemoriesQuery = z.object({ agent });
export const MemoryQuery = z.object({ agent, path, version: version.optional() });
export const RemoveMemory = z.object({ agent, path, expected });
/** An entry has at most 1 MiB, which the memory itself says in its own words. */
export const SetMemory = z.strictObject({ agent, path, text: z.string(), expected });
export const RestoreMemory = z.strictObject({ agent, path, version });
export const SearchMemory = z.object({
  agent,
  query: z.string().trim().min(1).max(2_000),
  limit: z.coerce.number().int().min(1).max(50).default(10),
});
export const DecideMemory = z.strictObject({ agent, decision: z.enum(["accept", "drop"]) });

export const FoundMemory = MemoryInfo.extend({ text: z.string(), score: z.number() });
export type FoundMemory = z.infer<typeof FoundMemory>;
export const ShownMemory = MemoryInfo.extend({ text: z.string().optional() });
export type ShownMemory = z.infer<typeof ShownMemory>;
export const ShownProposal = ProposedMemory.extend({ text: z.string() });
export type ShownProposal = z.infer<typeof ShownProposal>;

export const MemoriesAnswer = z.object({ memories: z.array(MemoryInfo) });
export const MemoryAnswer = z.object({ memory: MemoryInfo });
export const ShownMemoryAnswer = z.object({ memory: ShownMemory });
export const VersionsAnswer = z.object({ versions: z.array(MemoryVersion) });
export const FoundAnswer = z.object({ found: z.array(FoundMemory) });
export const ProposedAnswer = z.object({ proposed: z.array(ShownProposal) });
/** Absent where it was dropped. */
export const DecidedAnswer = z.object({ memory: MemoryInfo.optional() });

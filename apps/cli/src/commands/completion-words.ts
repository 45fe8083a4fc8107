import { isAtRest } from "@vibewriter/agent/runs";
import { findServer, type VibewriterClient } from "@vibewriter/server";
import type { Context } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode } from "../exit.js";

/** From the start of this process until it has to have answered: a shell that is completing takes no key meanwhile. */
const PATIENCE_MS = 1_000;

/** What the server of a home can list for a shell, by kind; each gets what was typed so far. */
const LISTS = {
  runs: async (client) => (await client.runs()).map(({ runId }) => runId),
  /** Those that can be resumed, or started anew. */
  "unfinished-runs": async (client) =>
    (await client.runs()).flatMap(({ runId, status }) => (isAtRest(status) && status !== "done" ? [runId] : [])),
  approvals: async (client) => (await client.approvals.list({ all: false })).map(({ question }) => question.id),
  agents: async (client) => (await client.runs()).map(({ agentId }) => agentId),
  articles: async (client) => (await client.articles()).map(({ id }) => id),
  authors: async (client) => (await client.authors.list()).map(({ name }) => name),
  follows: async (client) => (await client.follows.list()).map(({ id }) => id),
  letters: async (client) => (await client.deadLetters.list()).map(({ id }) => id),
  tenants: async (client) => (await client.tenants.list()).map(({ name }) => name),
  vms: async (client) => (await client.vms.list()).vms.map(({ id }) => id),
  memories: async (client) => (await client.memory.list("main")).map(({ path }) => path),
  proposals: async (client) => (await client.memory.proposed("main")).map(({ id }) => id),
  secrets: async (client) => (await client.secrets.list()).map(({ name }) => name),
  skills: async (client) => (await client.skills.list("main")).map(({ name }) => name),
  snapshots: async (client) => (await client.vms.snapshots()).map(({ name }) => name),
  images: async (client) => (await client.images.list()).map(({ name }) => name),
  "kept-files": async (client, word) => (await client.files.list("main", word)).map(({ path }) => path),
} satisfies Readonly<Record<string, (client: VibewriterClient, word: string) => Promise<string[]>>>;

export type WordKind = keyof typeof LISTS;
export const WORD_KINDS = Object.keys(LISTS);

/**
 * `vibewriter completion-words KIND [WORD]`, which completion scripts call: what begins like the word, a line each. Where no server answers in time it
 * says nothing at all.
 */
export async function completionWords(context: Context, kind: WordKind, word: string): Promise<ExitCode> {
  const giveUp = setTimeout(() => process.exit(EXIT.done), Math.max(1, PATIENCE_MS - performance.now()));
  try {
    for (const one of await wordsOf(context.home, kind, word)) context.terminal.print(one);
  } catch {
    // Somebody is in the middle of a line: an error would be written into it. The command that they type will say it.
  } finally {
    clearTimeout(giveUp);
  }
  return EXIT.done;
}

/** What the server of a home lists that begins like a word, each once; nothing if there is none: it is not started. */
export async function wordsOf(home: string, kind: WordKind, word: string): Promise<string[]> {
  const client = await findServer(home);
  const words = new Set(client && (await LISTS[kind](client, word)));
  // What a terminal would not show as it is cannot be typed either.
  return [...words].filter((one) => one.startsWith(word) && plain(one) === one);
}

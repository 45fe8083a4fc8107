import type { RunRecord, RunResult } from "../runs/record.js";
import { oneLine } from "../sanitize.js";
import type { Memories } from "./memories.js";

/** Entries of past work that are kept, the newest. */
const MOST = 500;
const FOLDER = "past/";

/**
 * Writes down what an agent has done for its person: what was asked, when, and where the report is. Only words of the person and of the host, so
 * nothing of a source comes to be remembered this way. Once for each run, however often it is called.
 */
export async function rememberWork(memories: Memories, record: RunRecord, result: RunResult): Promise<void> {
  if (record.kind !== "research" || record.replays !== undefined || result.status !== "done") return;
  const path = `${FOLDER}${record.runId}.md`;
  const lines = [
    `Report of ${record.createdAt.slice(0, 10)}: ${oneLine(record.request, 1_000)}`,
    `- Run: ${record.runId}`,
    ...(result.report === null ? [] : [`- Report: ${result.report}`]),
    ...(result.article === null ? [] : [`- Article: choir:${result.article.id}`]),
    `- Sources: ${result.sources.length}; citations that hold: ${result.citations.supported} of ${result.citations.total}`,
  ];
  const content = Buffer.from(`${lines.join("\n")}\n`);
  const before = await memories.find(path);
  if (before?.entry.content === content.toString()) return;
  await memories.set(path, content, { by: "host", writer: record.runId });
  const past = (await memories.list()).filter((entry) => entry.path.startsWith(FOLDER) && entry.by === "host");
  const old = past.sort((a, b) => b.createdAt.localeCompare(a.createdAt)).slice(MOST);
  for (const entry of old) await memories.remove(entry.path);
}

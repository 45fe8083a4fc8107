// An index of 50,000 passages is filled and asked, and an article is published into a knowledge base of that size. Each step runs in a process
// of its own, so that its memory is its own, and the bare rival takes its turn in the same run.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { p50, p95, row } from "../measure.mjs";

const stepMs = 15 * 60_000;
const bare = "bare FTS5 and sqlite-vec";

export async function searchRows() {
  const folder = await mkdtemp(join(tmpdir(), "vw-bench-choir-"));
  try {
    const step = async (name, index) => {
      console.error(`choir: search: ${name}`);
      const program = fileURLToPath(new URL("search-step.mjs", import.meta.url));
      const { stdout } = await promisify(execFile)(process.execPath, [program, name, folder, index], {
        timeout: stepMs,
      });
      return JSON.parse(stdout);
    };
    const rival = { fill: await step("fill-bare", "bare.sqlite"), ask: await step("ask-bare", "bare.sqlite") };
    const filled = await step("fill", "index.sqlite");
    const asked = await step("ask", "index.sqlite");
    const published = await step("publish", "index.sqlite");
    const beside = (value) => ({ name: bare, value });
    return [
      row("choir.import_rate", filled.rate, "chunks/s", { atLeast: 2_000 }, beside(rival.fill.rate)),
      row("choir.embed_rate", filled.embedRate, "chunks/s", null),
      row("choir.open", asked.openMs / 1_000, "s", null),
      row("choir.query_p50", p50(asked.times), "ms", { atMost: 15 }, beside(p50(rival.ask.times))),
      row("choir.query_p95", p95(asked.times), "ms", { atMost: 40 }, beside(p95(rival.ask.times))),
      row("choir.query_typo_p95", p95(asked.typoTimes), "ms", { atMost: 40 }),
      row("choir.query_filtered_p95", p95(asked.filteredTimes), "ms", { atMost: 40 }),
      row("choir.query_event_loop_longest", asked.longestMs, "ms", { atMost: 20 }),
      row("choir.memory", asked.memory, "MiB", { atMost: 600 }, beside(rival.ask.memory)),
      row("choir.file_size", asked.fileSize, "MiB", null, beside(rival.ask.fileSize)),
      row("choir.publish_to_searchable_p95", p95(published.times), "ms", { atMost: 300 }),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

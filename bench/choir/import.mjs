// A corpus is published with everything that publishing is: signed, into the stream, cut, embedded, measured, indexed. And what questions wait
// for meanwhile.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { p50, p95, row } from "../measure.mjs";

const LONGEST_MS = 15 * 60_000;

export async function importRows() {
  const folder = await mkdtemp(join(tmpdir(), "vw-bench-import-"));
  try {
    const program = fileURLToPath(new URL("import-step.mjs", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [program, folder], { timeout: LONGEST_MS });
    const { rate, cpuMs, longestMs, searches, quiet } = JSON.parse(stdout);
    const alone = { name: "nothing else to do", value: p95(quiet) };
    return [
      row("choir.publish_many_rate", rate, "chunks/s", { atLeast: 2_000 }),
      row("choir.publish_many_cpu", cpuMs, "ms/chunk", null),
      row("choir.publish_many_event_loop_longest", longestMs, "ms", { atMost: 20 }),
      row("choir.query_beside_publishing_p50", p50(searches), "ms", null, { ...alone, value: p50(quiet) }),
      row("choir.query_beside_publishing_p95", p95(searches), "ms", { atMost: 40 }, alone),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

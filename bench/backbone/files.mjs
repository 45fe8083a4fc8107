// Files of 64 MiB and 1 GiB into the store and out of it, beside what the NATS client's own object store does in the same run. The
// server has every write on the disk before it answers, as the embedded one. Each file is moved by a process of its own, whose whole
// memory counts, the runtime included.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { row } from "../measure.mjs";
import { startNats } from "./servers.mjs";

const sizes = { "64m": 64, "1g": 1024 };
const mover = fileURLToPath(new URL("./move-file.mjs", import.meta.url));
const atLeast = 200;
const atMostMiB = 150;

export async function fileRows() {
  const nats = await startNats();
  try {
    const rows = [];
    for (const [name, mebibytes] of Object.entries(sizes)) {
      const theirs = await move(nats.url, "client", mebibytes);
      const ours = await move(nats.url, "store", mebibytes);
      for (const way of ["put", "get"]) {
        const against = { name: "the NATS client's object store", value: theirs[way].rate };
        rows.push(row(`backbone.file_${way}_${name}`, ours[way].rate, "MiB/s", { atLeast }, against));
        const memory = { name: "the NATS client's object store", value: theirs[way].peak };
        rows.push(row(`backbone.file_${way}_${name}_memory`, ours[way].peak, "MiB", { atMost: atMostMiB }, memory));
      }
    }
    return rows;
  } finally {
    await nats.close();
  }
}

/** What moving a file in and out takes, each by a process of its own. */
async function move(url, how, mebibytes) {
  const measured = {};
  for (const way of ["put", "get"]) {
    const words = [mover, url, how, way, String(mebibytes)];
    const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: 300_000 });
    measured[way] = JSON.parse(stdout);
  }
  return measured;
}

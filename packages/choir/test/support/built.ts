import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

/**
 * The worker thread and child processes run compiled code. `npm test` compiles before it tests; whoever calls vitest
 * alone gets it compiled here if the sources are newer.
 */
export async function built(): Promise<void> {
  const [sources, compiled] = await Promise.all([newest("src"), newest("dist")]);
  if (compiled > sources) return;
  await promisify(execFile)(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b", "packages/choir"], {
    cwd: root,
    timeout: 120_000,
  });
}

async function newest(folder: string): Promise<number> {
  const path = join(root, "packages/choir", folder);
  const names = await readdir(path, { recursive: true }).catch(() => []);
  const times = await Promise.all(names.map(async (name) => (await stat(join(path, name))).mtimeMs));
  return Math.max(0, ...times);
}

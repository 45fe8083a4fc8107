import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { run } from "./run.mjs";

/**
 * Makes the erofs image `out` of a layer: `files` maps absolute guest paths to host files or folders. Owned by root, times fixed,
 * so that the same files give the same bytes.
 */
export async function buildLayer({ files, out, signal }) {
  await mkdir(dirname(out), { recursive: true });
  const work = await mkdtemp(`${out}-`);
  try {
    const root = join(work, "root");
    await mkdir(root);
    for (const [guestPath, hostPath] of Object.entries(files)) {
      await mkdir(dirname(join(root, guestPath)), { recursive: true });
      await cp(hostPath, join(root, guestPath), { recursive: true });
    }
    const image = join(work, "layer.erofs");
    await run("sh", ["-ec", 'chmod -R u=rwX,go=rX "$0"', root], { signal });
    await run(
      "mkfs.erofs",
      ["--quiet", "-T", "0", "-U", "76696265-7772-4974-8572-000000000002", "-x-1", "--all-root", image, root],
      { signal },
    );
    await rename(image, out);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

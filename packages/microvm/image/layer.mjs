import { chmod, cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./run.mjs";

const bridge = (name) => fileURLToPath(new URL(`./bridge/${name}`, import.meta.url));

/** The clients of the tool bridge, for `buildLayer`: for Python, for Node, wherever the script is, and for a shell. */
export const bridgeFiles = {
  "/usr/lib/python3/dist-packages/vibewriter_bridge.py": bridge("vibewriter_bridge.py"),
  "/node_modules/vibewriter-bridge": bridge("node"),
  "/usr/local/bin/vw-tool": bridge("vw-tool"),
};

/**
 * Makes a read-only layer to be laid over the base: a small erofs with files of the host at paths of the guest, all owned by root.
 * @param {{ files: Record<string, string>, out: string, shared?: string[], log?: (line: string) => void, signal?: AbortSignal }} options
 *   files: absolute guest path -> path of a file or folder of the host
 *   shared: folders of the guest in which every program may make entries of its own, and none may touch another's
 */
export async function buildLayer({ files, out, shared = [], log, signal }) {
  const tree = await mkdtemp(join(tmpdir(), "vibewriter-layer-"));
  try {
    for (const [guestPath, hostPath] of Object.entries(files)) {
      if (!guestPath.startsWith("/") || guestPath.split("/").includes(".."))
        throw new Error(`${guestPath} is no absolute path.`);
      const target = join(tree, guestPath);
      await mkdir(dirname(target), { recursive: true, mode: 0o755 });
      await cp(hostPath, target, { recursive: true, dereference: true });
    }
    await run("chmod", ["-R", "a+rX,go-w", tree]);
    for (const folder of shared) await chmod(join(tree, folder), 0o1777);
    await mkdir(dirname(out), { recursive: true });
    await makeErofs(tree, `${out}.part`, { log, signal });
    await rename(`${out}.part`, out);
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

/** The same files give the same image: no times of today, no random id. */
async function makeErofs(tree, out, options) {
  await rm(out, { force: true });
  const id = "00000000-0000-0000-0000-000000000000";
  await run("mkfs.erofs", ["--quiet", "-T0", "-U", id, "--all-root", out, tree], options);
}

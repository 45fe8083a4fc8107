import type { FileTree } from "../files/file-tree.js";
import type { Audit } from "./audit.js";

/** The folder whose files are what the agent remembers. */
const MEMORIES = "/memories";

/** A tree that records what a sandbox has changed in it. @param root the folder of the sandbox that it keeps */
export function auditedTree(tree: FileTree, root: string, audit: Pick<Audit, "record">): FileTree {
  const tell = (event: "written" | "deleted", about: { path: string; sha256?: string; bytes?: number }) =>
    audit.record(
      root === MEMORIES ? { kind: "memory", event, ...about, by: "the agent" } : { kind: "file", event, ...about },
    );
  return {
    files: () => tree.files(),
    read: (path) => tree.read(path),
    nameOf: (path, version) => tree.nameOf(path, version),
    async write(path, content, o) {
      const written = await tree.write(path, content, o);
      const { sha256 } = o;
      if (written.isHeldBack) {
        audit.record({ kind: "memory", event: "refused", path: `${root}/${path}`, sha256, by: "a program in the VM" });
        return written;
      }
      const bytes = content instanceof Uint8Array ? content.byteLength : undefined;
      tell("written", { path: `${root}/${path}`, sha256, bytes });
      return written;
    },
    async remove(path, o) {
      const isRemoved = await tree.remove(path, o);
      if (isRemoved) tell("deleted", { path: `${root}/${path}` });
      return isRemoved;
    },
  };
}

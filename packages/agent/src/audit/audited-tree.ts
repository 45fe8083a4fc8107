import type { FileTree } from "../files/file-tree.js";
import type { Audit } from "./audit.js";

/** A tree that records what a sandbox has changed in it. @param root the folder of the sandbox that it keeps */
export function auditedTree(tree: FileTree, root: string, audit: Pick<Audit, "record">): FileTree {
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
      audit.record({ kind: "file", event: "written", path: `${root}/${path}`, sha256, bytes });
      return written;
    },
    async remove(path, o) {
      const isRemoved = await tree.remove(path, o);
      if (isRemoved) audit.record({ kind: "file", event: "deleted", path: `${root}/${path}` });
      return isRemoved;
    },
  };
}

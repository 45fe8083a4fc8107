import { posix } from "node:path";
import type { BackendProtocolV2, SandboxBackendProtocolV2 } from "deepagents";
import { AgentError } from "../errors.js";

/** A sandbox in which relative paths and commands begin in a folder, which has to be there, and commands have `env`. */
export function inFolder(
  sandbox: SandboxBackendProtocolV2,
  folder: string,
  env: Record<string, string> = {},
): SandboxBackendProtocolV2 {
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
  const at = (path: string) => posix.resolve(folder, path);
  const { uploadFiles, downloadFiles } = transfers(sandbox);
  const inside: SandboxBackendProtocolV2 = {
    id: sandbox.id,
    execute: (command) => sandbox.execute(`cd ${quoted(folder)} || exit 1\n${exports.join("")}${command}`),
    ls: (path) => sandbox.ls(at(path)),
    read: (path, offset, limit) => sandbox.read(at(path), offset, limit),
    readRaw: (path) => sandbox.readRaw(at(path)),
    write: (path, content) => sandbox.write(at(path), content),
    edit: (path, before, after, all) => sandbox.edit(at(path), before, after, all),
    grep: (pattern, path, glob, maxCount) => sandbox.grep(pattern, at(path ?? "."), glob, maxCount),
    glob: (pattern, path) => sandbox.glob(pattern, at(path ?? ".")),
    uploadFiles: (files) => uploadFiles(files.map(([path, bytes]) => [at(path), bytes])),
    downloadFiles: (paths) => downloadFiles(paths.map(at)),
  };
  const remove = sandbox.delete?.bind(sandbox);
  return remove === undefined ? inside : { ...inside, delete: (path) => remove(at(path)) };
}

/** How files get into a sandbox and out of it. Throws AgentError `sandbox_failed` for one that offers no way. */
export function transfers(
  sandbox: SandboxBackendProtocolV2,
): Required<Pick<BackendProtocolV2, "uploadFiles" | "downloadFiles">> {
  const { uploadFiles, downloadFiles } = sandbox;
  if (uploadFiles === undefined || downloadFiles === undefined) {
    const text = `The sandbox ${sandbox.id} cannot transfer files; use one with uploadFiles and downloadFiles.`;
    throw new AgentError("sandbox_failed", text);
  }
  return { uploadFiles: uploadFiles.bind(sandbox), downloadFiles: downloadFiles.bind(sandbox) };
}

/** A word for a shell, whatever is in it. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

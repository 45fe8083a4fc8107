import { posix } from "node:path";

/** A path of a tool, which may be relative to `cwd`, as the guest takes it: absolute, without doubled slashes and one at its end. */
export function absolute(cwd: string, path: string): string {
  const joined = path.startsWith("/") ? path : posix.join(cwd, path);
  const clean = joined.replaceAll(/\/{2,}/g, "/");
  return clean.length > 1 && clean.endsWith("/") ? clean.slice(0, -1) : clean;
}

/** A path as seen from `base`: relative, unless it is not below it or `base` is the root. */
export function below(base: string, path: string): string {
  return base !== "/" && path.startsWith(`${base}/`) ? path.slice(base.length + 1) : path;
}

/** What deepagents' tools show of a file; a folder's path ends with a slash. */
export function fileInfo(path: string, entry: { type: string; size: number; mtimeMs: number }) {
  const isFolder = entry.type === "directory";
  return {
    path: isFolder ? `${path}/` : path,
    is_dir: isFolder,
    size: entry.size,
    modified_at: new Date(entry.mtimeMs).toISOString(),
  };
}

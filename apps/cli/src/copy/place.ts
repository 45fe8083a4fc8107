import { posix, resolve } from "node:path";
import { UsageError } from "../exit.js";

/** A file or folder that is copied from or to. */
export type Place = VmPlace | HostPlace;

export interface VmPlace {
  readonly vm: string;
  /** Absolute. */
  readonly path: string;
  /** What is copied goes into the folder there, also if there is none yet. */
  readonly isFolder: boolean;
}

export interface HostPlace {
  readonly vm: undefined;
  readonly path: string;
  readonly isFolder: boolean;
}

/** An id of a VM, then its path; a path of this machine with a colon so early is written `./a:b`. */
const IN_VM = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63}):(.*)$/s;
/** Where relative paths in a VM begin. */
const WORKSPACE = "/workspace";

/** What a person named: `VM:path`, or a path of this machine, relative to `cwd`. Throws UsageError. */
export function placeOf(text: string, cwd: string): Place {
  if (text === "") throw new UsageError("A path is empty; name a file or a folder, as path or as VM:path.");
  if (text.includes("\0")) throw new UsageError("A path has a character that no path can have.");
  const isFolder = text.endsWith("/");
  const [, vm, path] = IN_VM.exec(text) ?? [];
  if (vm === undefined || path === undefined) return { vm: undefined, path: resolve(cwd, text), isFolder };
  return { vm, path: posix.resolve(WORKSPACE, path), isFolder };
}

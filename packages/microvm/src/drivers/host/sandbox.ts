/** What a confined process sees of the host's files. */
export interface Sandbox {
  /** Becomes `/`, read-only. Everything below that is bound to must exist in it. */
  root: string;
  binds: Bind[];
  /** The user and group that the process becomes; absent: it stays what its owner is. */
  user?: { uid: number; gids: number[] };
}

export interface Bind {
  from: string;
  to: string;
  kind: "read" | "write" | "device";
}

/** The descriptor on which bwrap says which process it started. */
export interface InfoDescriptor {
  infoFd: number;
}

const bindOption = { read: "--ro-bind", write: "--bind", device: "--dev-bind" } as const;

/**
 * The command line that runs `command` with a file system, a network, processes, and names of its own, with no capabilities and
 * no way to new rights. Open descriptors are passed on. One small process stays beside it until it ends.
 */
export function sandboxed(
  programs: { bwrap: string; setpriv: string },
  sandbox: Sandbox,
  { infoFd }: InfoDescriptor,
  command: string[],
): string[] {
  const { root, binds, user } = sandbox;
  return [
    programs.bwrap,
    // Only root can become another user; anybody else needs a user namespace to make the others.
    ...(user === undefined ? ["--unshare-user"] : []),
    ...["--unshare-ipc", "--unshare-uts", "--unshare-pid", "--unshare-net", "--unshare-cgroup-try", "--as-pid-1"],
    ...["--info-fd", String(infoFd), "--ro-bind", root, "/"],
    ...binds.flatMap(({ from, to, kind }) => [bindOption[kind], from, to]),
    ...["--chdir", "/", "--"],
    ...(user === undefined ? [] : becoming(programs.setpriv, user)),
    ...command,
  ];
}

function becoming(setpriv: string, { uid, gids }: { uid: number; gids: number[] }): string[] {
  const groups = gids.length === 0 ? ["--clear-groups"] : ["--groups", gids.join(",")];
  return [
    ...[setpriv, "--reuid", String(uid), "--regid", String(uid), ...groups],
    ...["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"],
  ];
}

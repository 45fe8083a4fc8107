import { type ChildProcess, spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { MicroVMError } from "../errors.js";
import { hasCode } from "../home.js";

/** Ids that no user and no container manager has: the first ones above systemd's range for containers. The drivers' begin after them. */
const firstId = 0x7000_0000;
const ids = 65_536;
const infoDescriptor = 3;
const goDescriptor = 4;
const keptCharacters = 8_000;

/** The user on the host as whom programs run that are root in a namespace. */
export const owner =
  process.getuid?.() === 0 ? { uid: firstId, gid: firstId } : { uid: process.getuid?.(), gid: process.getgid?.() };

export interface NamespaceOptions {
  /** The folder of the host that is the root there, read-only. */
  root: string;
  /** Folders of the host that can be written there, by their path there. */
  folders: Record<string, string>;
  argv: string[];
  /** Everything there is in its environment. */
  env: Record<string, string>;
  /** Whether it has the host's network; without, it has a loopback of its own. */
  network: boolean;
  timeoutMs: number;
  signal: AbortSignal;
  onLine?: (line: string) => void;
}

/** A program in a namespace that ended with another code than 0. */
export class ProgramError extends Error {
  override readonly name = "ProgramError";

  /** `output`: the end of what it wrote. */
  constructor(
    message: string,
    readonly output: string,
  ) {
    super(message);
  }
}

/**
 * Runs a program as root of user, mount, process, IPC and host-name namespaces of its own, with all ids of a system but none of the
 * host's: whatever it does, it sees and changes only the folders it is given. All it started ends with it, and with this process.
 * Throws ProgramError, MicroVMError `cancelled`, `timed_out`, `requirement_missing`.
 */
export async function runInNamespace(o: NamespaceOptions): Promise<void> {
  refuseCancelled(o.signal);
  const timeout = AbortSignal.timeout(o.timeoutMs);
  const child = spawn("bwrap", bwrapArguments(o), {
    ...owner,
    env: o.env,
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
  });
  let output = "";
  const take = (line: string) => {
    output = `${output}${line}\n`.slice(-keptCharacters);
    if (line.trim() !== "") o.onLine?.(line.trimEnd());
  };
  const ended = ending(child);
  const reading = [child.stdout, child.stderr].map((stream) => eachLine(stream, take));
  const stop = AbortSignal.any([o.signal, timeout]);
  const inside = { pid: 0 };
  const kill = () => killFirst(inside.pid);
  try {
    await Promise.race([mapIds(child, inside), ended]);
  } catch (cause) {
    kill();
    await ended;
    throw cause;
  }
  if (stop.aborted) kill();
  stop.addEventListener("abort", kill, { once: true });
  const end = await ended;
  stop.removeEventListener("abort", kill);
  await Promise.all(reading);
  refuseCancelled(o.signal);
  if (timeout.aborted) throw tooSlow(o);
  if (end.error !== undefined) throw notStarted(end.error);
  if (end.code !== 0) throw new ProgramError(`${o.argv[0]} ended with ${end.signal ?? end.code}`, output.trim());
}

function bwrapArguments(o: NamespaceOptions): string[] {
  return [
    ...["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--new-session"],
    ...["--info-fd", String(infoDescriptor), "--userns-block-fd", String(goDescriptor), "--cap-add", "ALL"],
    ...(o.network ? [] : ["--unshare-net"]),
    ...["--ro-bind", o.root, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/run", "--tmpfs", "/tmp"],
    ...Object.entries(o.folders).flatMap(([there, here]) => ["--bind", here, there]),
    "--",
    ...o.argv,
  ];
}

/** Gives the new user namespace its ids, which only its parent can do, and lets the program go. */
async function mapIds(child: ChildProcess, inside: { pid: number }): Promise<void> {
  const [, , , info, go] = child.stdio;
  if (!info || !go || !("end" in go) || !("read" in info)) return;
  // Node makes it a socket: one whose other end is closed with a byte unread says so, and nothing hangs on it.
  go.on("error", () => undefined);
  let text = "";
  let isMapped = false;
  // To its end: bwrap dies of a reader that leaves before it has said all.
  for await (const chunk of info as Readable) {
    text += String(chunk);
    const pid = /"child-pid"\s*:\s*(\d+)\D/.exec(text)?.[1];
    if (pid === undefined || isMapped) continue;
    isMapped = true;
    inside.pid = Number(pid);
    await writeMaps(pid);
    go.end("go");
  }
}

/**
 * Ends the first process of a namespace, and the kernel all others with it. Not bwrap, which waits for it: without bwrap, one that has not
 * been let go yet would wait for ever.
 */
function killFirst(pid: number): void {
  if (pid === 0) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!hasCode(error, "ESRCH")) throw error;
  }
}

async function writeMaps(pid: string): Promise<void> {
  if (process.getuid?.() === 0) {
    const map = `0 ${firstId} ${ids}\n`;
    await writeFile(`/proc/${pid}/uid_map`, map);
    await writeFile(`/proc/${pid}/gid_map`, map);
    return;
  }
  const { uid, gid } = userInfo();
  const [uids, gids] = [await subordinate("/etc/subuid"), await subordinate("/etc/subgid")];
  await newIdMap("newuidmap", [pid, "0", String(uid), "1", "1", String(uids), String(ids - 1)]);
  await newIdMap("newgidmap", [pid, "0", String(gid), "1", "1", String(gids), String(ids - 1)]);
}

/** The first of the ids that the system has set aside for this user. */
async function subordinate(path: string): Promise<number> {
  const { username, uid } = userInfo();
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return "";
    throw error;
  });
  for (const line of text.split("\n")) {
    const [name, first, count] = line.split(":");
    if ((name === username || name === String(uid)) && Number(count) >= ids - 1) return Number(first);
  }
  const add = `usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${username}`;
  throw new MicroVMError("requirement_missing", `${path} sets no ids aside for ${username}; as root: ${add}.`);
}

async function newIdMap(command: string, args: string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  const reading = eachLine(child.stderr, (line) => {
    said += line;
  });
  const { code, error } = await ending(child);
  await reading;
  if (code === 0) return;
  const text = `${command} failed (${said || error?.message || code}); install uidmap (on Debian: apt-get install uidmap).`;
  throw new MicroVMError("requirement_missing", text, { cause: error });
}

function ending(child: ChildProcess): Promise<{ code: number | null; signal: string | null; error?: Error }> {
  return new Promise((resolve) => {
    let failure: Error | undefined;
    child.once("error", (error) => {
      failure = error;
      // A program that could not be started never closes.
      if (child.pid === undefined) resolve({ code: null, signal: null, error });
    });
    child.once("close", (code, signal) => resolve({ code, signal, error: failure }));
  });
}

async function eachLine(stream: Readable | null, take: (line: string) => void): Promise<void> {
  if (stream === null) return;
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) take(line);
}

function refuseCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new MicroVMError("cancelled", "The build was cancelled; nothing of it was kept.");
}

function tooSlow({ argv, timeoutMs }: NamespaceOptions): MicroVMError {
  const text = `${argv[0]} did not end within ${timeoutMs / 60_000} minutes; try again when the machine is less busy.`;
  return new MicroVMError("timed_out", text);
}

function notStarted(cause: Error): MicroVMError {
  const text = hasCode(cause, "ENOENT")
    ? "bwrap is not installed; install bubblewrap (on Debian: apt-get install bubblewrap)."
    : `bwrap could not be started (${cause.message}); see that this user may start it.`;
  return new MicroVMError("requirement_missing", text, { cause });
}

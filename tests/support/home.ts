import { cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { cli } from "./cli.js";

/** A home of its own for one test: empty state, the machine's image and templates. */
export interface TestHome extends AsyncDisposable {
  readonly path: string;
}

/** Makes an empty home that shares the cache (image, nats-server, templates) of the home that `npm run setup` filled. */
export async function testHome(): Promise<TestHome> {
  const real = process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter");
  const path = await mkdtemp(join(tmpdir(), "vw-"));
  await cp(join(real, "setup.json"), join(path, "setup.json")).catch((cause: unknown) => {
    throw new Error(`There is no setup.json in ${real}; run \`npm run setup\`.`, { cause });
  });
  await mkdir(join(real, "cache"), { recursive: true });
  await symlink(join(real, "cache"), join(path, "cache"));
  return {
    path,
    async [Symbol.asyncDispose]() {
      await cli(path, ["stop"]);
      for (const pid of await processesOf(path)) process.kill(pid, "SIGKILL");
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** Process ids whose command line names `home`: what a test finds, and ends, is only what it started. */
export async function processesOf(home: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    if ((await commandLine(pid)).includes(home)) found.push(pid);
    else if ((await environmentHome(pid)) === home) found.push(pid);
  }
  return found;
}

/** The command line of a process with spaces for NULs; empty when the process is gone. */
export async function commandLine(pid: number): Promise<string> {
  return (await readProc(`/proc/${pid}/cmdline`)).replaceAll("\0", " ");
}

/** The one process of `home` whose command line contains `text`. */
export async function findProcess(home: string, text: string): Promise<number | undefined> {
  for (const pid of await processesOf(home)) {
    if ((await commandLine(pid)).includes(text)) return pid;
  }
  return undefined;
}

/** Sockets below `home`, or below the short run folder that a long home is given. */
export async function socketsOf(home: string): Promise<string[]> {
  const table = await readFile("/proc/net/unix", "utf8");
  return table
    .split("\n")
    .map((line) => line.split(/\s+/)[7] ?? "")
    .filter((path) => path.includes(home));
}

async function environmentHome(pid: number): Promise<string | undefined> {
  const exe = await readlink(`/proc/${pid}/exe`).catch(() => "");
  if (!exe) return undefined;
  const environment = await readProc(`/proc/${pid}/environ`);
  return environment
    .split("\0")
    .find((line) => line.startsWith("VIBEWRITER_HOME="))
    ?.slice("VIBEWRITER_HOME=".length);
}

async function readProc(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    // A process that ended between the listing and the read has no files any more.
    if (error instanceof Error && "code" in error && ["ENOENT", "ESRCH", "EACCES"].includes(String(error.code)))
      return "";
    throw error;
  }
}

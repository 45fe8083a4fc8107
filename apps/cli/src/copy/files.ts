import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, posix, relative, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { codeOf, type FileName, type FilesClient } from "@vibewriter/server";
import { plain } from "../escape.js";
import { UsageError } from "../exit.js";
import { neither, type Tally } from "./tally.js";

/** An agent's id, then a path of its files; a path of this machine with a colon so early is written `./a:b`. */
const KEPT = /^([a-z0-9][a-z0-9-]{0,31}):(.*)$/s;

export interface FileCopy {
  readonly from: string;
  readonly to: string;
  /** Relative paths of this machine begin here. */
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** Copies between this machine and the files of an agent. Resolves with where it went. Throws UsageError, ServerError. */
export async function fileCopy(files: FilesClient, o: FileCopy, tally: Tally): Promise<string> {
  const [, fromAgent, kept] = KEPT.exec(o.from) ?? [];
  const [, toAgent, target] = KEPT.exec(o.to) ?? [];
  if (fromAgent !== undefined && kept !== undefined && toAgent === undefined) {
    return await download(files, { agent: fromAgent, path: kept }, o, tally);
  }
  if (toAgent !== undefined && target !== undefined && fromAgent === undefined) {
    return `${toAgent}:${await upload(files, { agent: toAgent, path: target }, o, tally)}`;
  }
  throw new UsageError("One of the two paths must be of an agent, written AGENT:PATH, and the other of this machine.");
}

async function upload(files: FilesClient, to: FileName, o: FileCopy, tally: Tally): Promise<string> {
  const from = resolve(o.cwd, o.from);
  const found = await stat(from).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") throw new UsageError(`There is no ${plain(o.from)} on this machine.`);
    throw error;
  });
  const isInside = to.path === "" || to.path.endsWith("/");
  const target = isInside ? `${to.path}${basename(from)}` : to.path;
  const put = async (path: string, name: string) => {
    tally.assertGoesOn();
    await files.write({ agent: to.agent, path: name }, tally.counted(createReadStream(path)), o.signal);
    tally.files++;
  };
  if (found.isFile()) await put(from, target);
  else if (!found.isDirectory()) throw neither(plain(o.from));
  else {
    for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) await put(path, posix.join(target, relative(from, path)));
      else if (!entry.isDirectory()) tally.skip(path);
    }
  }
  return target;
}

async function download(files: FilesClient, from: FileName, o: FileCopy, tally: Tally): Promise<string> {
  const [, path = from.path, version] = /^(.+)@(\d{1,15})$/s.exec(from.path) ?? [];
  const name: FileName = {
    agent: from.agent,
    path: path.replace(/\/$/, ""),
    version: version === undefined ? undefined : Number(version),
  };
  const folder = `${name.path}/`;
  const inside = version === undefined ? await files.list(name.agent, name.path === "" ? "" : folder) : [];
  const to = await destination(o, posix.basename(name.path));
  const get = async (file: FileName, target: string) => {
    tally.assertGoesOn();
    await mkdir(dirname(target), { recursive: true });
    // Written beside and renamed: what is there is whole, or what was there before.
    const beside = `${target}.${randomBytes(4).toString("hex")}.part`;
    try {
      await pipeline(tally.counted(files.read(file, o.signal)), createWriteStream(beside, { flags: "wx" }));
      await rename(beside, target);
    } finally {
      await rm(beside, { force: true });
    }
    tally.files++;
  };
  if (inside.length === 0) {
    await get(name, to);
    return to;
  }
  for (const file of inside) {
    const rest = file.path.slice(name.path === "" ? 0 : folder.length);
    // What is in the store may have any name; none leads out of the folder here.
    if (!rest.split("/").every((part) => part !== "" && part !== "." && part !== "..")) tally.skip(file.path);
    else await get({ agent: name.agent, path: file.path, version: file.version }, join(to, rest));
  }
  return to;
}

/** Into the folder that is there, else that very path. */
async function destination({ to, cwd }: FileCopy, name: string): Promise<string> {
  const target = resolve(cwd, to);
  if (to.endsWith("/")) return join(target, name);
  const isFolder = await stat(target).then(
    (found) => found.isDirectory(),
    (error: unknown) => {
      if (codeOf(error) === "ENOENT") return false;
      throw error;
    },
  );
  return isFolder ? join(target, name) : target;
}

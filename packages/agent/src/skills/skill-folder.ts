import { constants } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { AgentError, errorCode } from "../errors.js";
import { invalid, MOST_BYTES, MOST_FILES, tooLarge } from "./rules.js";
import { type RawFile, type Skill, skillOf } from "./skill.js";

/**
 * The skill in a folder of this machine. Links are not followed, and nothing but plain files is read, at most 1 MiB in all, so that a folder
 * from elsewhere can neither bring in other files of this machine nor keep it busy.
 * @throws AgentError `invalid_skill`; `skill_not_found` if there is no such folder
 */
export async function skillInFolder(path: string): Promise<Skill> {
  if (!(await isFolder(path))) {
    throw new AgentError("skill_not_found", `There is no folder ${path}: name the folder that has the SKILL.md.`);
  }
  const found = await filesBelow(path);
  const files: RawFile[] = [];
  let room = MOST_BYTES;
  for (const name of found) {
    const file = await read(path, name, room);
    room -= file.bytes.length;
    files.push(file);
  }
  return skillOf(files, { folder: basename(path) });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES"].includes(errorCode(error) ?? "")) return false;
    throw error;
  }
}

/** Their paths from the folder. */
async function filesBelow(root: string): Promise<string[]> {
  const found: string[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const name = relative(root, path).split(sep).join("/");
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) found.push(name);
      else {
        const what = entry.isSymbolicLink() ? "a link" : "no plain file";
        throw invalid(`${name} is ${what}: put the file itself there, or leave it out.`);
      }
      // Empty folders are no part of a skill, and a million of them are none either.
      if (found.length + folders.length > MOST_FILES) {
        throw invalid(`It has more than ${MOST_FILES} files: leave out what it does not need.`);
      }
    }
  }
  return found;
}

/** At most `room` bytes: a file may have grown, or become a link, since it was listed. */
async function read(root: string, name: string, room: number): Promise<RawFile> {
  try {
    await using file = await open(join(root, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) throw invalid(`${name} is no plain file: leave it out.`);
    if (stat.size > room) throw tooLarge();
    const bytes = Buffer.alloc(room + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
      length += bytesRead;
      if (bytesRead === 0 || length === bytes.length) break;
    }
    if (length > room) throw tooLarge();
    return { path: name, executable: (stat.mode & 0o100) !== 0, bytes: bytes.subarray(0, length) };
  } catch (cause) {
    const code = errorCode(cause);
    if (code === "ELOOP") throw invalid(`${name} is a link: put the file itself there, or leave it out.`, cause);
    if (code === "EACCES" || code === "ENOENT") throw invalid(`${name} cannot be read: change its permissions.`, cause);
    throw cause;
  }
}

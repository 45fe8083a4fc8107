import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, posix, relative, resolve, sep } from "node:path";

/** Sources as the compiler is given them: names as imports have them. */
export interface Project {
  readonly files: ReadonlyMap<string, string>;
  /** The names of the files that a person gave. */
  readonly targets: ReadonlySet<string>;
  /** Imports that were found nowhere: `from: name`. */
  readonly missing: readonly string[];
}

/** What is wrong with a call of the program; said to the person as it is. */
export class InputError extends Error {
  override readonly name = "InputError";
}

const MOST_FILES = 2_000;
const MOST_BYTES = 20 * 1024 * 1024;
/** Other people's code inside of a project, and what is no part of what is deployed. */
const NOT_LOOKED_AT = new Set([
  "node_modules",
  ".git",
  "lib",
  "out",
  "artifacts",
  "cache",
  "test",
  "tests",
  "script",
  "mocks",
  "mock",
]);

export interface ProjectOptions {
  /** Files and folders with Solidity. */
  readonly paths: readonly string[];
  /** Folders in which imports are looked for by their names, as in `node_modules`. */
  readonly libraries: readonly string[];
  /** `@oz/=lib/oz/`, as compilers have them. */
  readonly remappings: readonly string[];
}

/** Reads the sources and all that they import. Throws {@link InputError}. */
export async function readProject(o: ProjectOptions): Promise<Project> {
  const given: string[] = [];
  for (const path of o.paths) given.push(...(await solidityIn(path)));
  if (given.length === 0)
    throw new InputError(`There is no Solidity in ${o.paths.join(", ")}; name a .sol file or a folder with some.`);
  const base = await commonFolder(given);
  const roots = [base, ...parentsWithLibraries(base), ...o.libraries.map((folder) => resolve(folder))];
  const remappings = [...(await remappingsOf(base)), ...o.remappings].map((line) => line.split("="));
  const files = new Map<string, string>();
  const missing = new Set<string>();
  let bytes = 0;
  const waiting: { name: string; path: string | undefined; from: string }[] = [];
  for (const path of given) waiting.push({ name: relative(base, path).split(sep).join("/"), path, from: "" });
  const targets = new Set(waiting.map(({ name }) => name));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { name } = next;
    if (files.has(name)) continue;
    const content = await contentOf(next.path ? [next.path] : candidates(name, roots, remappings));
    if (content === undefined) {
      missing.add(`${next.from} imports ${name}`);
      continue;
    }
    bytes += content.length;
    if (files.size >= MOST_FILES || bytes > MOST_BYTES)
      throw new InputError(
        `These are more than ${MOST_FILES} files or ${MOST_BYTES / 1024 / 1024} MiB; name fewer at a time.`,
      );
    files.set(name, content);
    for (const imported of importsOf(content))
      waiting.push({ name: nameOf(imported, name), path: undefined, from: name });
  }
  return { files, targets, missing: [...missing] };
}

async function solidityIn(path: string): Promise<string[]> {
  const at = resolve(path);
  const found = await stat(at).catch((cause: unknown) => {
    throw new InputError(`${path} cannot be read; name a .sol file or a folder with some.`, { cause });
  });
  if (found.isFile()) return [at];
  const entries = await readdir(at, { withFileTypes: true });
  const inside: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isFile() && /\.sol$/.test(entry.name) && !/\.[ts]\.sol$/.test(entry.name))
      inside.push(join(at, entry.name));
    if (entry.isDirectory() && !NOT_LOOKED_AT.has(entry.name)) inside.push(...(await solidityIn(join(at, entry.name))));
    if (inside.length > MOST_FILES) break;
  }
  return inside;
}

async function commonFolder(paths: readonly string[]): Promise<string> {
  const [first = "", ...rest] = await Promise.all(
    paths.map((path) => realpath(path).then(dirname, () => dirname(path))),
  );
  let common = first;
  for (const path of rest)
    while (path !== common && !path.startsWith(common + sep) && common !== dirname(common)) common = dirname(common);
  return common;
}

/** Above a folder `contracts` there often are `node_modules` and `lib`. */
function parentsWithLibraries(base: string): string[] {
  const above = [base, dirname(base), dirname(dirname(base))];
  return above.flatMap((folder) => [join(folder, "node_modules"), join(folder, "lib"), folder]);
}

async function remappingsOf(base: string): Promise<string[]> {
  for (const folder of [base, dirname(base)]) {
    const text = await contentOf([join(folder, "remappings.txt")]);
    if (text === undefined) continue;
    return text.split(/\r?\n/).flatMap((line) => {
      const [from, to] = line.trim().split("=");
      return from && to ? [`${from}=${resolve(folder, to)}/`.replace(/\/\/$/, "/")] : [];
    });
  }
  return [];
}

function candidates(name: string, roots: readonly string[], remappings: readonly (readonly string[])[]): string[] {
  const mapped = remappings
    .filter(([from = ""]) => from !== "" && name.startsWith(from))
    .sort((a, b) => (b[0]?.length ?? 0) - (a[0]?.length ?? 0))
    .map(([from = "", to = ""]) => resolve(to + name.slice(from.length)));
  const inRoots = roots.map((root) => join(root, name)).filter((path, at) => path.startsWith((roots[at] ?? "") + sep));
  return [...mapped, ...inRoots];
}

async function contentOf(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const content = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (/^(ENOENT|ENOTDIR|EISDIR)$/.test(error.code ?? "")) return undefined;
      throw new InputError(`${path} cannot be read: ${error.message}`, { cause: error });
    });
    if (content !== undefined) return content;
  }
  return undefined;
}

function importsOf(content: string): string[] {
  const bare = content.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => (/^\/\/[^\n]*"/.test(comment) ? "" : " "));
  return [...bare.matchAll(/\bimport\b[^;"']*["']([^"']+)["']/g)].map((match) => match[1] ?? "");
}

/** As the compiler names it: relative to the importing file, if it begins with a dot. */
function nameOf(imported: string, from: string): string {
  return /^\.\.?\//.test(imported) ? posix.normalize(posix.join(posix.dirname(from), imported)) : imported;
}

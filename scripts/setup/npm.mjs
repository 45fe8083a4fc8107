import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { requireSpace } from "./disk.mjs";
import { SetupError } from "./errors.mjs";
import { run } from "./shell.mjs";

const NEEDED_BYTES = 1.2 * 1024 ** 3;
/** Compiled, or fetched ready-made, by its own install script: the last thing `npm ci` does. */
const NATIVE = "node_modules/better-sqlite3/build/Release/better_sqlite3.node";

/** `npm ci`, unless what is installed is what package-lock.json says. */
export const npmStep = {
  name: "npm packages",
  async current({ root }) {
    return (await isInstalled(root)) ? {} : undefined;
  },
  async make({ root }, { log, signal }) {
    await requireSpace(root, NEEDED_BYTES);
    // Under `npm run` this very npm, else the one on PATH.
    const npm = process.env.npm_execpath;
    const errors = [];
    const listen = (line) => {
      log(line);
      const error = /^npm (?:error|ERR!) (?!code )(.*\S)/.exec(line)?.[1];
      if (error) errors.push(error);
    };
    const [program, ...first] = npm?.endsWith(".js") ? [process.execPath, npm] : ["npm"];
    try {
      await run(program, [...first, "ci", "--no-audit", "--no-fund", "--loglevel=notice"], {
        cwd: root,
        log: listen,
        signal,
      });
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw new SetupError(1, `npm could not install the packages: ${what(errors)}`, { cause });
    }
    return {};
  },
};

/** True if every package of the lock file is there in that version, by the record npm keeps of its last install. */
export async function isInstalled(root) {
  const wanted = await packagesOf(join(root, "package-lock.json"));
  const found = await packagesOf(join(root, "node_modules", ".package-lock.json"));
  if (!wanted)
    throw new SetupError(3, "package-lock.json is damaged; restore it with `git checkout package-lock.json`.");
  if (!found) return false;
  for (const [path, entry] of Object.entries(wanted)) {
    // Optional ones are for other platforms.
    if (!path.startsWith("node_modules/") || entry.optional || entry.devOptional || entry.peer) continue;
    if (found[path]?.version !== entry.version || found[path]?.resolved !== entry.resolved) return false;
  }
  return wanted["node_modules/better-sqlite3"] === undefined || existsSync(join(root, NATIVE));
}

async function packagesOf(path) {
  try {
    return JSON.parse(await readFile(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** What is wrong, out of the many lines that npm writes. */
function what(errors) {
  if (errors.some((line) => line.includes("can only install packages when"))) {
    return "package-lock.json does not fit package.json; run `npm install` and commit the result.";
  }
  return errors[0] ?? "see logs/setup.log in VIBEWRITER_HOME.";
}

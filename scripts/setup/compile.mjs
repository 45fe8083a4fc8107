import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { digestOf } from "./digest.mjs";
import { SetupError } from "./errors.mjs";
import { run } from "./shell.mjs";

/** `tsc -b`, unless the sources are those of the last time. */
export const compileStep = {
  name: "TypeScript",
  async current({ root }) {
    const [stamp, key] = await Promise.all([readFile(stampPath(root), "utf8").catch(() => ""), keyOf(root)]);
    return stamp === key && (await outputs(root)).every((path) => existsSync(path)) ? {} : undefined;
  },
  async make({ root }, { log, signal }) {
    const key = await keyOf(root);
    try {
      await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b"], { cwd: root, log, signal });
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw new SetupError(1, `The sources do not compile:\n${cause.message}`, { cause });
    }
    await mkdir(dirname(stampPath(root)), { recursive: true });
    await writeFile(stampPath(root), key);
    return {};
  },
};

/** In node_modules, so that a fresh `npm ci` compiles afresh too. */
const stampPath = (root) => join(root, "node_modules", ".cache", "vibewriter", "compiled");

async function keyOf(root) {
  const paths = ["packages", "apps", "tsconfig.json", "tsconfig.base.json", "package-lock.json"];
  return await digestOf(root, paths, (name) =>
    /(^|\/)(src\/.*\.tsx?|tsconfig[^/]*\.json|package(-lock)?\.json)$/.test(name),
  );
}

/** One file of each project that must be there. */
async function outputs(root) {
  const { references } = JSON.parse(await readFile(join(root, "tsconfig.json"), "utf8"));
  return references.map(({ path }) => join(root, path, "dist", ".tsbuildinfo"));
}

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { ROOT } from "./cli.js";

const run = promisify(execFile);
const modules = join(ROOT, "node_modules");

const manifest = z.object({
  name: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
  peerDependencies: z.record(z.string(), z.string()).default({}),
});
const packing = z.tuple([z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) })]);

/** A folder in which one package of ours is installed as a stranger would have it. */
export interface Installed extends AsyncDisposable {
  readonly folder: string;
  /** What is in the tarball. */
  readonly files: readonly string[];
  /** A fenced block of this language in the package's README, the first by default. */
  example(language: string, place?: number): Promise<string>;
}

/**
 * Packs the package and unpacks it in an empty folder. The registry is out of reach in a test, so the dependencies that the package
 * declares, and `alongside`, are linked instead of downloaded; nothing else is there.
 */
export async function installPacked(packagePath: string, alongside: readonly string[] = []): Promise<Installed> {
  const source = join(ROOT, packagePath);
  const folder = await mkdtemp(join(tmpdir(), "vibewriter-package-"));
  await run(process.execPath, [join(modules, "typescript/bin/tsc"), "-b", source]);
  const packed = await run("npm", ["pack", "--json", "--offline", "--pack-destination", folder], { cwd: source });
  const [{ filename, files }] = packing.parse(JSON.parse(packed.stdout));
  const { name, dependencies, peerDependencies } = manifest.parse(
    JSON.parse(await readFile(join(source, "package.json"), "utf8")),
  );
  const home = join(folder, "node_modules", name);
  await mkdir(home, { recursive: true });
  await run("tar", ["-xzf", join(folder, filename), "-C", home, "--strip-components=1"]);
  for (const dependency of [...Object.keys(dependencies), ...Object.keys(peerDependencies), ...alongside]) {
    const link = join(folder, "node_modules", dependency);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(modules, dependency), link);
  }
  return {
    folder,
    files: files.map(({ path }) => path),
    async example(language, place = 0) {
      const readme = await readFile(join(home, "README.md"), "utf8");
      const blocks = [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))];
      const lines = blocks[place]?.[1];
      if (lines === undefined) throw new Error(`The README of ${name} has no example ${place} in ${language}.`);
      return lines;
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

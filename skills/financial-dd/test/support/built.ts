import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/** Programs of the skill, bundled as the set-up does it, in a folder that is removed at the end. */
export async function builtScripts(names: readonly string[]): Promise<{ folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "vw-dd-"));
  const scripts = join(import.meta.dirname, "../../scripts");
  const banner =
    'import { createRequire as __r } from "node:module"; import { fileURLToPath as __p } from "node:url"; const require = __r(import.meta.url), __filename = __p(import.meta.url), __dirname = __p(new URL(".", import.meta.url));';
  await build({
    entryPoints: names.map((name) => join(scripts, `${name}.ts`)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: banner },
    logLevel: "error",
  });
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

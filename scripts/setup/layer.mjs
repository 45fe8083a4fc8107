import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { bridgeFiles, buildLayer } from "../../packages/microvm/image/layer.mjs";
import { digestOf, sha256Of } from "./digest.mjs";
import { SetupError } from "./errors.mjs";

const KIND = "layer";
const IMAGE = "layer.erofs";
const MANIFEST = "layer.json";
/** The skills once more, as files: sandboxes of other services get them by upload. */
const SKILLS = "skills";
/** Programs that run as services in a VM: source, and where the guest finds it. */
const PROGRAMS = {
  "packages/evidence/reader/reader.ts": "opt/vibewriter/reader.mjs",
  "packages/evidence/reader/worker.ts": "opt/vibewriter/reader-worker.mjs",
};
/** Whatever is bundled comes from here; the key is made of it. */
const SOURCES = ["packages/evidence/reader", "packages/evidence/src", "packages/evidence/package.json", "skills"];
const MAKERS = [
  "package-lock.json",
  "scripts/setup/layer.mjs",
  "packages/microvm/image/layer.mjs",
  "packages/microvm/image/bridge",
];

/** Bundled packages of the older kind call require for Node's own modules, and ask in which file and folder they are. */
const OF_THE_OLDER_KIND = [
  'import { createRequire as __r } from "node:module"; import { fileURLToPath as __p } from "node:url";',
  'const require = __r(import.meta.url), __filename = __p(import.meta.url), __dirname = __p(new URL(".", import.meta.url));',
].join(" ");

/** The layer over the base that is ours: `/skills/<name>/`, the programs in `/opt/vibewriter/`, bundled, and the clients of the tool bridge. */
export const layerStep = {
  name: "VM layer (skills, reader, bridge)",
  async current({ root, cache }) {
    const folder = await cache.find(KIND, await keyOf(root));
    if (!folder) return undefined;
    const { digest } = JSON.parse(await readFile(join(folder, MANIFEST), "utf8"));
    return { path: join(folder, IMAGE), digest, skills: join(folder, SKILLS) };
  },
  async make(context, { signal }) {
    try {
      await context.cache.make(KIND, await keyOf(context.root), async (folder) => {
        const tree = join(folder, "tree");
        await mkdir(join(tree, "skills"), { recursive: true });
        await bundle(context.root, { ...PROGRAMS, ...(await skills(context.root, tree)) }, tree);
        const files = Object.fromEntries((await readdir(tree)).map((name) => [`/${name}`, join(tree, name)]));
        // Agents make skills of their own beside ours.
        const shared = ["/skills"];
        await buildLayer({ files: { ...files, ...bridgeFiles }, shared, out: join(folder, IMAGE), signal });
        await rename(join(tree, "skills"), join(folder, SKILLS));
        await rm(tree, { recursive: true });
        const digest = await sha256Of(join(folder, IMAGE));
        await writeFile(join(folder, MANIFEST), `${JSON.stringify({ digest })}\n`);
      });
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw new SetupError(1, `The VM layer could not be built: ${cause.message}`, { cause });
    }
    return await this.current(context);
  },
};

/** Names of damaged files of the layer, by reading all of it; `undefined` if there is no layer. */
export async function damagedLayer({ root, cache }) {
  return await cache.damaged(KIND, await keyOf(root));
}

function keyOf(root) {
  return digestOf(root, [...SOURCES, ...MAKERS], (name) => !isTest(name)).then((digest) => digest.slice(0, 32));
}

/** Copies what skills are made of, and returns the scripts that are still to be bundled: `skills/x/scripts/y.ts` becomes `skills/x/y.mjs`. */
async function skills(root, tree) {
  const scripts = {};
  const folder = join(root, "skills");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  for (const entry of entries.filter((e) => e.isFile())) {
    const name = relative(root, join(entry.parentPath, entry.name));
    if (isTest(name) || /(^|\/)(node_modules|dist|package\.json|tsconfig\.json)(\/|$)/.test(name)) continue;
    if (!name.endsWith(".ts")) {
      await mkdir(dirname(join(tree, name)), { recursive: true });
      await cp(join(root, name), join(tree, name));
    } else if (basename(dirname(name)) === "scripts") {
      scripts[name] = join(dirname(dirname(name)), basename(name).replace(/\.ts$/, ".mjs"));
    }
  }
  return scripts;
}

async function bundle(root, programs, tree) {
  const { build } = await import("esbuild");
  for (const [source, target] of Object.entries(programs)) {
    const { metafile } = await build({
      entryPoints: [join(root, source)],
      outfile: join(tree, target),
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      conditions: ["@vibewriter/source"],
      banner: { js: OF_THE_OLDER_KIND },
      // A service is loaded in an emulated machine, where every byte of its program costs.
      minifyWhitespace: source in PROGRAMS,
      legalComments: "none",
      metafile: true,
      logLevel: "silent",
      absWorkingDir: root,
    });
    requireKnown(root, source, Object.keys(metafile.inputs));
  }
}

/** A bundled file that the key does not know would change without a new layer. */
function requireKnown(root, program, inputs) {
  const known = SOURCES.map((path) => resolve(root, path));
  const stray = inputs.find((input) => {
    const path = resolve(root, input);
    return !path.includes(`${sep}node_modules${sep}`) && !known.some((k) => path === k || path.startsWith(k + sep));
  });
  if (stray)
    throw new Error(`${program} imports ${stray}; programs of the layer import from ${SOURCES.join(", ")} only.`);
}

function isTest(name) {
  return /(^|\/)test\//.test(name) || name.endsWith(".test.ts");
}

import { existsSync } from "node:fs";
import { mkdir, readdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Driver } from "../drivers/driver.js";
import { machineRecord, removeMachine } from "../drivers/record.js";
import { MicroVMError } from "../errors.js";
import { type HomePaths, hasCode, readJson } from "../home.js";
import type { ImageRegistry, ResolvedImage } from "../images/registry.js";
import { Lock } from "../lock.js";
import type { MakeRoom } from "../space/make-room.js";
import { buildTemplate, machineFile } from "./build.js";
import { isWhole } from "./record.js";
import { type TemplateSpec, templateKey } from "./spec.js";
import { markUsed } from "./sweep.js";

/** A saved machine, ready to be cloned. */
export interface Template {
  key: string;
  spec: TemplateSpec;
  image: ResolvedImage;
  memory: string;
  state: string;
}

/** `why`: there was one before, and it could not be used. */
interface Built {
  template: string;
  durationMs: number;
  why?: string;
}

/** Longer than any build. */
const lockMs = 300_000;

/** The saved machines of a home, built on demand and kept by the hash of what is in them. */
export class TemplateStore {
  readonly #driver: Driver;
  readonly #images: ImageRegistry;
  readonly #paths: HomePaths;
  readonly #makeRoom: MakeRoom;
  readonly #onBuild: (built: Built) => void;
  /** Why the template with this key is no longer there. */
  readonly #unusable = new Map<string, string>();
  readonly #pending = new Map<string, Promise<Template>>();

  constructor(o: {
    driver: Driver;
    images: ImageRegistry;
    paths: HomePaths;
    makeRoom: MakeRoom;
    onBuild: (built: Built) => void;
  }) {
    this.#driver = o.driver;
    this.#images = o.images;
    this.#paths = o.paths;
    this.#makeRoom = o.makeRoom;
    this.#onBuild = o.onBuild;
  }

  /** What tells the template of `spec` from others: two that would have anything different in them have different keys. */
  async key(spec: TemplateSpec): Promise<string> {
    return (await this.find(spec)).key;
  }

  /** The template of `spec`, whether it was built or not. */
  async find(spec: TemplateSpec): Promise<Template> {
    const image = await this.#images.resolve(spec.image);
    const key = await templateKey({ spec, image, fingerprint: this.#driver.fingerprint });
    const directory = join(this.#paths.templates, key);
    return { key, spec, image, memory: join(directory, "memory"), state: join(directory, "state") };
  }

  /** The template of `spec`, built if it is absent or damaged. */
  async ensure(spec: TemplateSpec): Promise<Template> {
    const template = await this.find(spec);
    const { key } = template;
    const pending = this.#pending.get(key);
    if (pending !== undefined) return pending;
    const made = this.#ensure(template).finally(() => this.#pending.delete(key));
    this.#pending.set(key, made);
    return made;
  }

  /** Removes a template that did not load, so that the next `ensure` builds it anew. */
  async discard({ key }: Template): Promise<void> {
    await rm(join(this.#paths.templates, key), { recursive: true, force: true });
    this.#unusable.set(key, "it did not load");
  }

  async #ensure(template: Template): Promise<Template> {
    const { key, spec, image } = template;
    const directory = join(this.#paths.templates, key);
    if (await isWhole(directory)) {
      await markUsed(directory);
      return template;
    }
    await using lock = await Lock.take(await lockName(this.#paths, key), lockMs);
    if (lock === undefined) {
      throw new MicroVMError(
        "template_failed",
        `Another process is still building the template "${spec.name}"; try again.`,
      );
    }
    if (await isWhole(directory)) return template;
    const why = existsSync(directory) ? "its files are not the ones that were built" : this.#unusable.get(key);
    const started = Date.now();
    await this.#makeRoom(spec.memoryMiB, () =>
      buildTemplate({ driver: this.#driver, image, spec, paths: this.#paths, directory }),
    );
    this.#unusable.delete(key);
    this.#onBuild({ template: spec.name, durationMs: Date.now() - started, why });
    return template;
  }
}

/** Ends builds that a dead owner left behind and removes their files. One whose lock is held is somebody's: homes may share a cache. */
export async function clearAbandonedBuilds(paths: HomePaths): Promise<void> {
  for (const name of await entries(paths.templates)) {
    if (!name.endsWith(".building")) continue;
    await using lock = await Lock.tryTake(await lockName(paths, name.slice(0, name.indexOf("."))));
    if (lock === undefined) continue;
    const directory = join(paths.templates, name);
    const machine = await readJson(join(directory, machineFile), machineRecord);
    if (machine !== undefined) await removeMachine(machine);
    await rm(directory, { recursive: true, force: true });
  }
}

/** The same for every path that leads to the same folder. */
async function lockName({ templates }: HomePaths, key: string): Promise<string> {
  await mkdir(templates, { recursive: true, mode: 0o700 });
  return join(await realpath(templates), key);
}

async function entries(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

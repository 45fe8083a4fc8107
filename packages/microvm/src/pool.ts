import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "./client/connection.js";
import { removeMachine } from "./drivers/record.js";
import { wordsOf } from "./errors.js";
import type { HomePaths } from "./home.js";
import { newManifest } from "./request.js";
import { startingMiB } from "./space/quota.js";
import type { TemplateSpec } from "./templates/spec.js";
import { endMachine, prepare } from "./vm/launch.js";
import { Link } from "./vm/link.js";
import { type Manifest, readManifest, writeManifest } from "./vm/manifest.js";
import { ManifestFile } from "./vm/manifest-file.js";
import type { Surroundings } from "./vm/surroundings.js";

/** A machine that waits for a VM. */
export interface Waiting {
  file: ManifestFile;
  connection: Connection;
}

interface Member extends Waiting {
  /** Keeps it from powering off for want of a host. */
  link: Link;
  isAlive: () => boolean;
}

interface Shelf {
  spec: TemplateSpec;
  diskMiB: number | undefined;
  count: number;
  members: Member[];
  /** Set while the shelf is being filled. */
  filling?: Promise<void>;
}

/**
 * Machines that are restored already and are no VM's yet: a creation takes one and only has to name it. They belong to this owner alone; one
 * that is left by a crash is removed.
 */
export class Pool implements AsyncDisposable {
  readonly #around: Surroundings;
  readonly #shelves = new Map<string, Shelf>();
  #isClosed = false;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Has `count` machines of a template wait from now on; resolves when they do. 0: none any more. */
  async warm(spec: TemplateSpec, o: { count: number; diskMiB?: number }): Promise<void> {
    const key = shelfKey(await this.#around.templates.key(spec), o.diskMiB);
    const shelf: Shelf = this.#shelves.get(key) ?? { spec, diskMiB: o.diskMiB, count: 0, members: [] };
    this.#shelves.set(key, shelf);
    shelf.count = o.count;
    await Promise.all(shelf.members.splice(o.count).map((member) => this.#end(member)));
    await this.#fill(shelf);
  }

  /** Lets machines take the places of those that were taken. Not while a VM is being made of one: that is what somebody waits for. */
  refill(): void {
    for (const shelf of this.#shelves.values()) {
      this.#fill(shelf).catch((error: unknown) => this.#tell(shelf, error));
    }
  }

  /** A machine for this VM, if one like it waits. */
  async take({ template, diskMiB, limits }: Manifest): Promise<Waiting | undefined> {
    // A machine has its bounds from its start.
    if (this.#shelves.size === 0 || limits?.cpus !== undefined || limits?.diskBytesPerSecond !== undefined)
      return undefined;
    const shelf = this.#shelves.get(shelfKey(await this.#around.templates.key(template), diskMiB));
    const member = shelf?.members.shift();
    if (member === undefined) return undefined;
    if (member.isAlive() && member.connection.isOpen) {
      member.link.release();
      return member;
    }
    await this.#end(member);
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const shelves = [...this.#shelves.values()];
    await Promise.allSettled(shelves.map(({ filling }) => filling));
    await Promise.all(shelves.flatMap(({ members }) => members.splice(0)).map((member) => this.#end(member)));
  }

  #fill(shelf: Shelf): Promise<void> {
    shelf.filling ??= this.#fillUp(shelf).finally(() => {
      shelf.filling = undefined;
    });
    return shelf.filling;
  }

  async #fillUp(shelf: Shelf): Promise<void> {
    while (!this.#isClosed && shelf.members.length < shelf.count) shelf.members.push(await this.#make(shelf));
  }

  async #make({ spec, diskMiB }: Shelf): Promise<Member> {
    const template = await this.#around.templates.ensure(spec);
    const id = randomUUID();
    const directory = join(this.#around.paths.pool, id);
    return await this.#around.makeRoom(startingMiB(diskMiB), async () => {
      const manifest = newManifest({ id, template: spec, diskMiB });
      await mkdir(directory, { mode: 0o700 });
      await writeManifest(directory, manifest);
      const file = new ManifestFile(directory, manifest);
      try {
        const { machine, connection } = await prepare(this.#around, file, template);
        const link = new Link();
        link.hold({ connection, epoch: file.content.epoch, life: 0 }, machine);
        return { file, connection, link, isAlive: () => machine.isAlive() };
      } catch (error) {
        await this.#remove(file);
        throw error;
      }
    });
  }

  async #end({ file, link }: Member): Promise<void> {
    await link.close();
    await this.#remove(file);
  }

  async #remove(file: ManifestFile): Promise<void> {
    await endMachine(this.#around, file);
    await rm(file.directory, { recursive: true, force: true });
  }

  #tell({ spec }: Shelf, error: unknown): void {
    this.#around.emit({ type: "upkeep_failed", what: "pool", name: spec.name, reason: wordsOf(error) });
  }
}

/** Ends what waited for an owner that is dead. */
export async function clearPool({ pool }: HomePaths): Promise<void> {
  for (const name of await readdir(pool)) {
    const directory = join(pool, name);
    const machine = (await readManifest(directory))?.machine;
    if (machine !== undefined) await removeMachine(machine);
    await rm(directory, { recursive: true, force: true });
  }
}

function shelfKey(templateKey: string, diskMiB: number | undefined): string {
  return `${templateKey}/${diskMiB ?? "none"}`;
}

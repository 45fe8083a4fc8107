import { existsSync } from "node:fs";
import type { Driver, ImageFiles } from "./drivers/driver.js";
import { type DriverOptions, openDriver } from "./drivers/open.js";
import { MicroVMError } from "./errors.js";
import type { VmEvent } from "./events.js";
import type { EgressGateway } from "./gateway/gateway.js";
import { type HomePaths, makeHome } from "./home.js";
import { ImageRegistry } from "./images/registry.js";
import { checkUser, type UserLimits } from "./limits.js";
import type { Lock } from "./lock.js";
import { adoptAll, clearBegun, ownHome } from "./owner.js";
import { Pool } from "./pool.js";
import { Registry } from "./registry.js";
import { SnapshotStore } from "./snapshots/store.js";
import type { MakeRoom } from "./space/make-room.js";
import { Quota } from "./space/quota.js";
import { TemplateStore } from "./templates/store.js";
import type { Manifest } from "./vm/manifest.js";
import type { Surroundings } from "./vm/surroundings.js";
import { Warden } from "./warden.js";

export interface HomeOptions extends DriverOptions {
  home: string;
  image: ImageFiles;
  /** How much space the home may take, all that is in it together. Default: what the disk has. */
  quotaMiB?: number;
  /** What the VMs of each user may use together. VMs without a user are not bounded by it. */
  userLimits?: UserLimits;
  /** The way out for the VMs that have an egress policy. */
  gateway?: EgressGateway;
  onEvent?: (event: VmEvent) => void;
}

/** A home that this process owns, and all that it is made of. */
export interface OpenHome {
  paths: HomePaths;
  driver: Driver;
  images: ImageRegistry;
  templates: TemplateStore;
  registry: Registry;
  snapshots: SnapshotStore;
  quota: Quota;
  pool: Pool;
  warden: Warden;
  lock: Lock;
  admit: (manifest: Manifest) => void;
}

export async function openHome(o: HomeOptions): Promise<OpenHome> {
  const paths = await makeHome(o.home);
  const lock = await ownHome(paths);
  try {
    checkImage(o.image);
    await clearBegun(paths);
    const driver = await openDriver({ ...o, paths });
    const home = assemble(o, { paths, lock, driver });
    await home.images.clearAbandoned();
    await adoptAll(paths, home.registry);
    return { ...home, warden: new Warden(home.registry, (event) => o.onEvent?.(event)) };
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}

function assemble(o: HomeOptions, own: { paths: HomePaths; lock: Lock; driver: Driver }): Omit<OpenHome, "warden"> {
  const { paths, driver } = own;
  const emit = (event: VmEvent) => o.onEvent?.(event);
  const snapshots = new SnapshotStore(paths);
  const usersOf = async (image: string): Promise<string[]> => [
    ...registry.all().flatMap(({ runner: { manifest } }) => (standsOn(image, manifest) ? [manifest.id] : [])),
    ...(await snapshots.records()).flatMap((record) => (standsOn(image, record) ? [record.name] : [])),
  ];
  const images = new ImageRegistry({ paths, base: o.image, usersOf });
  const quota = new Quota({ paths, quotaMiB: o.quotaMiB, runners: () => registry.all().map(({ runner }) => runner) });
  const makeRoom: MakeRoom = (addsMiB, step) => quota.within(addsMiB, step);
  const onBuild = (built: Omit<Extract<VmEvent, { type: "template_built" }>, "type">) =>
    emit({ type: "template_built", ...built });
  const templates = new TemplateStore({ driver, images, paths, makeRoom, onBuild });
  const admit = (manifest: Manifest) => {
    const { user } = manifest;
    if (user !== undefined) checkUser(user, o.userLimits ?? {}, registry.useOf(user, manifest));
  };
  const around: Surroundings = { driver, paths, templates, gateway: o.gateway, emit, makeRoom, admit };
  const registry: Registry = new Registry(around);
  return { ...own, images, templates, registry, snapshots, quota, pool: new Pool(around), admit };
}

function standsOn(image: string, { template, saved }: Pick<Manifest, "template" | "saved">): boolean {
  return template.image === image || saved?.spec.image === image;
}

function checkImage(image: ImageFiles): void {
  for (const path of [image.kernel, image.vmlinux, image.initrd, image.base]) {
    if (existsSync(path)) continue;
    throw new MicroVMError("requirement_missing", `The VM image file ${path} is missing; run \`npm run setup\`.`);
  }
}

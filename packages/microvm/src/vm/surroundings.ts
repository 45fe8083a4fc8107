import type { Driver } from "../drivers/driver.js";
import type { VmEvent } from "../events.js";
import type { EgressGateway } from "../gateway/gateway.js";
import type { HomePaths } from "../home.js";
import type { MakeRoom } from "../space/make-room.js";
import type { TemplateStore } from "../templates/store.js";
import type { Manifest } from "./manifest.js";

/** What all VMs of a home share. */
export interface Surroundings {
  driver: Driver;
  paths: HomePaths;
  templates: TemplateStore;
  /** Serves the doors of the VMs that have an egress policy; absent: none is served. */
  gateway?: EgressGateway;
  emit: (event: VmEvent) => void;
  makeRoom: MakeRoom;
  /** Asked before a VM takes memory. Throws MicroVMError `limit_exceeded` if its user may not have another running one like it. */
  admit: (manifest: Manifest) => void;
}

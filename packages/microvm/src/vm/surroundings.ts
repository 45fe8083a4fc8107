import type { Driver } from "../drivers/driver.js";
import type { VmEvent } from "../events.js";
import type { HomePaths } from "../home.js";
import type { TemplateStore } from "../templates/store.js";

/** What all VMs of a home share. */
export interface Surroundings {
  driver: Driver;
  paths: HomePaths;
  templates: TemplateStore;
  emit: (event: VmEvent) => void;
}

import { MicroVMError } from "../errors.js";
import type { HomePaths } from "../home.js";
import { diskPath } from "../vm/disk.js";
import type { Runner } from "../vm/runner.js";
import { allocatedMiB } from "./allocated.js";
import { measureHome } from "./df.js";

const mebibyte = 1_048_576;
/** What a running VM may write between two looks at the home. */
const growthMiB = 256;

/**
 * How much space a whole home may take. A stopped VM cannot grow: of its disk counts what is allocated, so that a thousand sparse disks fit.
 * A running one may grow at any moment, so that for each of them what it may write until the next look is held back too.
 */
export class Quota {
  readonly #paths: HomePaths;
  readonly #quotaMiB: number | undefined;
  readonly #runners: () => Runner[];
  #claimedMiB = 0;

  /** Without `quotaMiB` everything fits. */
  constructor(o: { paths: HomePaths; quotaMiB?: number; runners: () => Runner[] }) {
    this.#paths = o.paths;
    this.#quotaMiB = o.quotaMiB;
    this.#runners = o.runners;
  }

  /** Runs `step`, which adds up to `addsMiB` to the home. Throws MicroVMError `quota_exceeded` before it if there is no room for that. */
  async within<T>(addsMiB: number, step: () => Promise<T>): Promise<T> {
    this.#claimedMiB += addsMiB;
    try {
      await this.#check();
      return await step();
    } finally {
      this.#claimedMiB -= addsMiB;
    }
  }

  async #check(): Promise<void> {
    if (this.#quotaMiB === undefined) return;
    const [{ total }, growth] = await Promise.all([measureHome(this.#paths), mayGrow(this.#runners())]);
    const neededMiB = Math.ceil(total / mebibyte) + growth + Math.ceil(this.#claimedMiB);
    if (neededMiB <= this.#quotaMiB) return;
    const text =
      `The home would take ${neededMiB} MiB and ${this.#quotaMiB} are allowed; \`vibewriter df\` says what takes space, ` +
      "`vibewriter gc` removes what nobody uses, and VMs and snapshots can be destroyed.";
    throw new MicroVMError("quota_exceeded", text);
  }
}

/** What a new VM with such a disk adds to a home, running. */
export function startingMiB(diskMiB: number | undefined): number {
  return diskMiB === undefined ? 0 : Math.min(diskMiB, growthMiB);
}

async function mayGrow(runners: Runner[]): Promise<number> {
  const running = runners.filter(({ takesMemory, manifest }) => takesMemory && manifest.diskMiB !== undefined);
  const each = await Promise.all(
    running.map(async ({ directory, manifest }) => {
      const left = (manifest.diskMiB ?? 0) - (await allocatedMiB(diskPath(directory)));
      return Math.min(growthMiB, Math.max(0, left));
    }),
  );
  return Math.ceil(each.reduce((total, one) => total + one, 0));
}

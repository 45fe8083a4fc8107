import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type DriverFactory, Lab, type Specimen, shell } from "./lab.js";

/** The guest reads the end of a connection before it is saved. */
const settleMs = 100;
const rounds = 20;

/** What every driver does, whichever way it runs machines. */
export function conformance(name: string, factory: DriverFactory): void {
  describe(`the driver ${name}`, () => {
    // Machines boot here, on hosts that may be busy.
    vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

    let lab: Lab;

    beforeAll(async () => {
      lab = await Lab.open(factory);
    });

    afterAll(async () => {
      await lab?.[Symbol.asyncDispose]();
    });

    test("a machine is saved and restored over and over: its files, open files, processes and timers live on", async () => {
      let specimen: Specimen = await lab.clone({ disk: true });
      const { folder } = specimen as Awaited<ReturnType<Lab["clone"]>>;
      await shell(specimen.connection, "head -c 300000 /dev/urandom > /workspace/kept");
      const hash = await shell(specimen.connection, "sha256sum < /workspace/kept");
      await startCounter(specimen);
      let last = 0;
      for (let round = 0; round < rounds; round++) {
        const saved = { memory: join(folder, `memory.${round}`), state: join(folder, `state.${round}`) };
        await specimen.connection.close();
        await delay(settleMs);
        await lab.driver.snapshot(specimen.machine, specimen.spec, saved);
        expect(specimen.machine.isAlive()).toBe(false);
        await lab.driver.destroy(specimen.machine.record);
        specimen = await lab.restore(folder, specimen.spec, saved);
        // What a living machine maps may be unlinked.
        await Promise.all([rm(saved.memory), rm(saved.state)]);
        const count = await counted(specimen, last);
        expect(count).toBeGreaterThan(last);
        last = count;
      }
      expect(await shell(specimen.connection, "sha256sum < /workspace/kept")).toBe(hash);
      await lab.driver.destroy(specimen.machine.record);
    });

    test("a saved machine has a small state, and no blocks for the memory that it never used", async () => {
      const { folder, machine, spec, connection } = await lab.clone({ disk: false });
      await connection.close();
      await delay(settleMs);
      const saved = { memory: join(folder, "memory"), state: join(folder, "state") };
      await lab.driver.snapshot(machine, spec, saved);
      const [memory, state] = [await stat(saved.memory), await stat(saved.state)];
      expect(memory.size).toBe(spec.memoryMiB * 1_048_576);
      expect(memory.blocks * 512).toBeLessThan(memory.size * 0.75);
      expect(state.size).toBeLessThan(1_048_576);
    });
  });
}

/** Counts into a file that has no name any more, by a timer. */
async function startCounter({ connection }: Specimen): Promise<void> {
  const loop = "exec 5> /workspace/open; rm /workspace/open; i=0; while sleep 0.1; do i=$((i+1)); echo $i >&5 && ";
  const command = `(${loop} echo $i > /workspace/count; done) > /dev/null 2>&1 &`;
  await shell(connection, `setsid /bin/sh -c '${command.replaceAll("'", "")}' & sleep 0.3`);
}

async function counted({ connection }: Specimen, last: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const count = Number(await shell(connection, "cat /workspace/count"));
    if (count > last) return count;
    await delay(100);
  }
  return last;
}

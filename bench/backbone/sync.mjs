// What keeping an agent's folders costs a step: they are looked at in a real VM and brought together with the store, once with nothing
// changed, once with one file of 1 MiB that the step has written.
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { KeptFolders } from "../../packages/agent/dist/files/kept-folders.js";
import { AgentVMs } from "../../packages/agent/dist/machines.js";
import { Backbone } from "../../packages/backbone/dist/index.js";
import { MicroVMs } from "../../packages/microvm/dist/index.js";
import { p50, repeat, row, timed } from "../measure.mjs";

const steps = 40;
/** Files of a few KiB that lie there, as after some work. */
const kept = 100;
const MIB = 2 ** 20;

export async function syncRows() {
  const { home, setup } = await openHome();
  process.env.NATS_SERVER_BIN ??= setup.natsServer.path;
  const open = [() => rm(home, { recursive: true, force: true }), () => MicroVMs.cleanUp(home)];
  try {
    const backbone = await Backbone.open({ home });
    open.push(() => backbone.close());
    const vms = await MicroVMs.open({ home, image: setup.image });
    open.push(() => vms.stopAll());
    const machines = new AgentVMs(vms, { layer: setup.layer.path });
    open.push(() => machines[Symbol.asyncDispose]());
    return await measure(backbone, vms, machines);
  } finally {
    for (const close of open.toReversed()) await close();
  }
}

async function measure(backbone, vms, machines) {
  const [agentId, runId] = ["bench", "run-bench"];
  await machines.backend(agentId, `/workspace/${runId}`);
  const sandbox = await machines.files(agentId);
  // No skills, no memory and nobody who hears of it: what is measured is the files.
  const skills = { prepare: async () => [], collect: async () => [] };
  const folders = await (await KeptFolders.open(backbone, skills)).forRun({
    ...{ agentId, runId, drive: 1, sandbox },
    ...{ audit: { record: () => undefined }, gate: { leaveFor: () => undefined, spend: () => undefined } },
    emit: async ({ data }) => console.error(`sync: ${data.text}`),
  });
  const { files } = await vms.get(`agent-${agentId}`);
  for (let n = 0; n < kept; n++) {
    await files.write(`/artifacts/notes/${n}.md`, randomBytes(4_096), { parents: true });
  }
  // A file is read twice before its times are believed.
  await repeat(3, () => folders.sync());
  const unchanged = await repeat(steps, () => timed(() => folders.sync()));
  const changed = await repeat(steps, async () => {
    await files.write("/artifacts/data.bin", randomBytes(MIB));
    return await timed(() => folders.sync());
  });
  const { size } = await backbone.files.stat(`${agentId}/artifacts/data.bin`);
  if (size !== MIB) throw new Error(`The store has ${size} bytes of a file of 1 MiB.`);
  return [
    row("files.sync_unchanged_p50", p50(unchanged), "ms", { atMost: 50 }),
    row("files.sync_1mib_p50", p50(changed), "ms", null),
  ];
}

/** A home of its own with the templates that the set-up's has. */
async function openHome() {
  const real = process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter");
  const record = join(real, "setup.json");
  if (!existsSync(record)) throw new Error(`There is no VM image on record at ${record}: run \`npm run setup\`.`);
  const setup = JSON.parse(await readFile(record, "utf8"));
  const home = await mkdtemp(join(tmpdir(), "vw-bench-"));
  await mkdir(join(real, "cache"), { recursive: true });
  await symlink(join(real, "cache"), join(home, "cache"));
  return { home, setup };
}

#!/usr/bin/env node
// npm run drill [-- --kills N] [--json]: kills leaders of a local cluster under load, and says what was lost.
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Backbone, findNatsServer } from "@vibewriter/backbone";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { LocalCluster } from "./cluster.mjs";
import { Load } from "./load.mjs";

/** Whose leader is killed, in turn: every writer of the load depends on one of them. */
const STREAMS = ["VIBEWRITER_EFFECTS", "VIBEWRITER_EVENTS", "VIBEWRITER_STATE", "OBJ_VIBEWRITER_FILES"];
/** The load runs so long between two kills, at least. */
const CALM_MS = 3_000;
/** For every writer to write again, and for a node to have everything again. */
const RECOVERY_MS = 60_000;

/**
 * Three local servers, a load of eleven writers, and `kills` leaders ended by SIGKILL, one after the other; each dead node is started again.
 * @param {{ kills?: number, tell?: (text: string) => void }} o
 * @returns {Promise<{ kills: number, acknowledged: number, lost: number, duplicated: number, longestGap: { ms: number, writer: string } }>}
 */
export async function drill({ kills = 5, tell = () => undefined } = {}) {
  const binary = await findNatsServer({ home: process.env.VIBEWRITER_HOME ?? `${process.env.HOME}/.vibewriter` });
  if (binary?.tier !== "full") throw new Error("The drill needs nats-server 2.12 or later; run `npm run setup`.");
  const cluster = await LocalCluster.start({ binary: binary.path });
  let backbone;
  try {
    tell(`Three nats-servers ${binary.version}: ${cluster.names.join(", ")}.`);
    // An external cluster keeps nothing in the home.
    backbone = await Backbone.open({ home: tmpdir(), url: cluster.url });
    const saver = NatsSaver.fromConnection(backbone.connection, { agent: "drill" });
    await saver.setup({ replicas: backbone.replicas });
    const load = await Load.open(backbone, saver);
    load.start();
    for (let n = 0; n < kills; n++) {
      await sleep(CALM_MS);
      const stream = STREAMS[n % STREAMS.length];
      const leader = await leaderOf(backbone, stream);
      const killed = performance.now();
      await cluster.kill(leader);
      await until(() => load.writingSince(killed) === load.writers, `every writer writes without ${leader}`);
      const back = ((performance.now() - killed) / 1000).toFixed(1);
      tell(`${leader}, leader of ${stream}, was killed; all ${load.writers} writers wrote again after ${back} s.`);
      await cluster.run(leader);
      await until(() => hasAllCopies(backbone), `${leader} has everything again`);
    }
    await sleep(CALM_MS);
    await load.stop();
    const found = await load.check();
    return { kills, acknowledged: load.acknowledged, ...found, longestGap: load.longestGap };
  } finally {
    await backbone?.close();
    await cluster.close();
  }
}

async function leaderOf(backbone, stream) {
  const { streams } = await backbone.status();
  const leader = streams.find(({ name }) => name === stream)?.leader;
  if (leader === undefined) throw new Error(`${stream} has no leader.`);
  return leader;
}

async function hasAllCopies(backbone) {
  const { streams } = await backbone.status();
  return streams.every(({ leader, copies }) => leader !== undefined && copies.every(({ isCurrent }) => isCurrent));
}

async function until(condition, what) {
  for (const end = Date.now() + RECOVERY_MS; Date.now() < end; await sleep(100)) if (await condition()) return;
  throw new Error(`Not after ${RECOVERY_MS / 1000} s: ${what}.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { kills: { type: "string", default: "5" }, json: { type: "boolean" } } });
  const result = await drill({ kills: Number(values.kills), tell: (text) => console.error(text) });
  const { acknowledged, lost, duplicated, longestGap } = result;
  const text = `${acknowledged} writes, ${lost} lost, ${duplicated} duplicated, longest gap ${(longestGap.ms / 1000).toFixed(1)} s (${longestGap.writer}).`;
  console.log(values.json ? JSON.stringify(result) : text);
  process.exitCode = lost + duplicated === 0 && longestGap.ms <= 10_000 ? 0 : 1;
}

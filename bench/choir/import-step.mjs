// Articles are published, many at once, by a process of its own, and questions are asked beside it: `node import-step.mjs <folder>` prints what it
// measured as JSON.
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Backbone } from "../../packages/backbone/dist/index.js";
import { Choir, KeyPair } from "../../packages/choir/dist/index.js";
import { natsBinary } from "../backbone/servers.mjs";
import { articles, questions } from "./corpus.mjs";

const PASSAGES = 10_000;
/** As the importer does. */
const BATCH = 128;
/** One question in so many milliseconds, whether the one before is answered or not. */
const EACH_MS = 50;

const [folder] = process.argv.slice(2);
process.env.NATS_SERVER_BIN ??= await natsBinary();
const backbone = await Backbone.open({ home: folder });
try {
  const choir = await Choir.open({ backbone, path: join(folder, "choir.sqlite") });
  try {
    console.log(JSON.stringify(await measure(choir)));
  } finally {
    await choir[Symbol.asyncDispose]();
  }
} finally {
  await backbone.close();
}

async function measure(choir) {
  const requests = [...articles(PASSAGES)].map(({ id, title, texts }) => ({
    markdown: `# ${title}\n\n${texts.join("\n\n")}`,
    author: "Ada",
    key: `bench-${id}`,
  }));
  const author = KeyPair.generate();
  await choir.publishMany(requests.splice(0, 100), author);
  const passages = async () => (await choir.embeddingLoad()).texts;
  const before = await passages();
  const lag = monitorEventLoopDelay({ resolution: 1 });
  const asking = new AbortController();
  const asked = askAllTheWhile(choir, asking.signal);
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  lag.enable();
  while (requests.length > 0) {
    const outcomes = await choir.publishMany(requests.splice(0, BATCH), author);
    const failed = outcomes.find((outcome) => "error" in outcome);
    if (failed) throw failed.error;
  }
  lag.disable();
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  asking.abort();
  const published = (await passages()) - before;
  const quiet = [];
  for (const question of questions(100, 4)) quiet.push(await timeOf(choir, question));
  return {
    rate: (published / ms) * 1_000,
    cpuMs: (user + system) / 1_000 / published,
    longestMs: lag.max / 1e6,
    searches: await asked,
    quiet,
  };
}

/** How long each answer took, in milliseconds. */
async function askAllTheWhile(choir, signal) {
  const times = [];
  for (const question of questions(5_000, 3)) {
    await sleep(EACH_MS, undefined, { signal }).catch(() => undefined); // Aborted: that was it.
    if (signal.aborted) break;
    times.push(timeOf(choir, question));
  }
  return await Promise.all(times);
}

async function timeOf(choir, question) {
  const started = performance.now();
  await choir.search(question);
  return performance.now() - started;
}

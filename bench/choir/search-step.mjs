// One step of search.mjs: `node search-step.mjs <step> <folder> <index>` prints what it measured as JSON.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { Backbone } from "../../packages/backbone/dist/index.js";
import { Choir, KeyPair, lexicalEmbedder, SqliteIndex } from "../../packages/choir/dist/index.js";
import { quantize } from "../../packages/choir/dist/search/embedder.js";
import { withTypo } from "../../packages/choir/dist/search/evaluation/typos.js";
import { asQuery } from "../../packages/choir/dist/search/question.js";
import { natsBinary } from "../backbone/servers.mjs";
import { BareIndex } from "./bare-index.mjs";
import { articles, markdown, questions } from "./corpus.mjs";

const PASSAGES = 50_000;
const QUESTIONS = 300;
const ARTICLES = 20;
const MIB = 2 ** 20;
/** Of what is made in one go, so that a corpus with its vectors is never in memory as a whole. */
const BATCH = 500;

const [step, folder, name] = process.argv.slice(2);
const path = join(folder, name);
const steps = { fill, ask, "fill-bare": fillBare, "ask-bare": askBare, publish };
console.log(JSON.stringify(await steps[step]()));

async function fill() {
  const index = await SqliteIndex.open(path, lexicalEmbedder);
  const figures = await timeFilling(async (batch) => {
    for (const article of batch) await index.add(article);
  });
  await index[Symbol.asyncDispose]();
  return figures;
}

async function fillBare() {
  const index = new BareIndex(path, lexicalEmbedder.dimensions);
  const figures = await timeFilling(async (batch) => {
    for (const article of batch) index.add(article);
  });
  index.close();
  return figures;
}

async function timeFilling(add) {
  let [ms, embedMs, passages] = [0, 0, 0];
  for (const batch of batches()) {
    const startedEmbedding = performance.now();
    const whole = [];
    for (const article of batch) whole.push(await withVectors(article));
    embedMs += performance.now() - startedEmbedding;
    const started = performance.now();
    await add(whole);
    ms += performance.now() - started;
    passages += whole.length * 5;
  }
  return { rate: (passages / ms) * 1_000, embedRate: (passages / embedMs) * 1_000 };
}

function* batches() {
  let batch = [];
  for (const article of articles(PASSAGES)) {
    batch.push(article);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
}

async function withVectors({ texts, ...article }) {
  const vectors = await lexicalEmbedder.embed(texts, "passage");
  let start = 0;
  const passages = texts.map((text, i) => {
    const passage = { heading: "", text, start, end: start + text.length, vector: quantize(vectors[i]) };
    start += text.length + 2;
    return passage;
  });
  const publishedAt = new Date(article.seq * 60_000).toISOString();
  return {
    ...article,
    // Above all sequences of the stream that `publish` writes into.
    seq: article.seq + 1e9,
    author: `author-${article.seq % 100}`,
    tags: [`tag-${article.seq % 10}`],
    publishedAt,
    passages,
  };
}

async function ask() {
  const opened = performance.now();
  const index = await SqliteIndex.open(path, lexicalEmbedder);
  const openMs = performance.now() - opened;
  const askOne = async (question, filter) => {
    const { asked: _asked, ...query } = await asQuery(question, lexicalEmbedder, index);
    return await index.query({ ...query, limit: 10, filter });
  };
  const all = questions(QUESTIONS);
  for (const question of all.slice(0, 20)) await askOne(question);
  const lag = monitorEventLoopDelay({ resolution: 1 });
  lag.enable();
  const times = await timeEach(all, (question) => askOne(question));
  const typoTimes = await timeEach(
    all.map((question) => withTypo(question, 1)),
    (question) => askOne(question),
  );
  const filteredTimes = await timeEach(all, (question) => askOne(question, { tag: "tag-3" }));
  lag.disable();
  const figures = { openMs, times, typoTimes, filteredTimes, longestMs: lag.max / 1e6, ...(await sizes()) };
  await index[Symbol.asyncDispose]();
  return figures;
}

async function askBare() {
  const index = new BareIndex(path, lexicalEmbedder.dimensions);
  const askOne = async (question) => {
    const [vector] = await lexicalEmbedder.embed([question], "query");
    return index.query(question.split(" "), quantize(vector));
  };
  const all = questions(QUESTIONS);
  for (const question of all.slice(0, 20)) await askOne(question);
  const times = await timeEach(all, askOne);
  const figures = { times, ...(await sizes()) };
  index.close();
  return figures;
}

async function timeEach(all, once) {
  const times = [];
  for (const one of all) {
    const started = performance.now();
    await once(one);
    times.push(performance.now() - started);
    // A question comes when somebody has one, not in the moment when the last one was answered.
    await delay(2);
  }
  return times;
}

async function sizes() {
  return { memory: process.memoryUsage.rss() / MIB, fileSize: (await stat(path)).size / MIB };
}

/** Into an index that has 50,000 passages already: they were put there, and are of no article in the stream. */
async function publish() {
  process.env.NATS_SERVER_BIN ??= await natsBinary();
  const backbone = await Backbone.open({ home: folder });
  try {
    const choir = await Choir.open({ backbone, path });
    const author = KeyPair.generate();
    const times = [];
    for (let n = 1; n <= ARTICLES; n++) {
      const text = markdown(800, n);
      const started = performance.now();
      const { id } = await choir.publish({ markdown: text, author: "Ada", key: `bench-${n}` }, author);
      const hits = await choir.search(text.slice(30, 200), { limit: 20 });
      times.push(performance.now() - started);
      if (!hits.some((hit) => hit.article_id === id)) throw new Error("What was published is not found.");
    }
    await choir[Symbol.asyncDispose]();
    return { times };
  } finally {
    await backbone.close();
  }
}

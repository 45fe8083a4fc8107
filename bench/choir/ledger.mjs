// What keeping the ledger costs: 4,000 facts posted one after the other on a real nats-server, replayed by the next server, verified.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Backbone } from "../../packages/backbone/dist/index.js";
import { Ledger } from "../../packages/choir/dist/index.js";
import { startNats } from "../backbone/servers.mjs";
import { p50, repeat, row, timed } from "../measure.mjs";

const ARTICLES = 2_000;
const AUTHORS = 400;
const DAY_MS = 86_400_000;
const IDLE_MS = 3_000;

export async function ledgerRows() {
  const nats = await startNats();
  const home = await mkdtemp(join(tmpdir(), "vw-bench-ledger-"));
  try {
    const backbone = await Backbone.open({ url: nats.url, home });
    const facts = factsFrom(Date.now() - 100 * DAY_MS);
    const open = () => Ledger.open({ backbone, choir: sourceOf(facts), path: join(home, "ledger.sqlite") });
    const delays = monitorEventLoopDelay({ resolution: 1 });

    delays.enable();
    await sleep(IDLE_MS);
    const idle = delays.max / 1e6;
    let ledger = await open();
    delays.reset();
    const posted = await timed(() => ledger.settled());
    const longest = delays.max / 1e6;
    delays.disable();
    const postings = (await ledger.verify()).postings;
    const one = await repeat(20, () => {
      facts.push(article(facts.length + 1, Date.now()));
      return timed(() => ledger.settled());
    });
    const verified = await timed(() => ledger.verify());
    await ledger[Symbol.asyncDispose]();
    ledger = await open();
    const replayed = await timed(() => ledger.settled());
    await ledger[Symbol.asyncDispose]();
    await backbone.close();
    return [
      row("choir.ledger_postings", (postings / posted) * 1_000, "per s", null),
      row("choir.ledger_post_p50", p50(one), "ms", null),
      row("choir.ledger_replay_1000", (replayed / postings) * 1_000, "ms", null),
      row("choir.ledger_verify_1000", (verified / postings) * 1_000, "ms", null),
      row("choir.ledger_event_loop_longest", longest, "ms", { atMost: 20 }, { name: "nothing to do", value: idle }),
    ];
  } finally {
    await nats.close();
    await rm(home, { recursive: true, force: true });
  }
}

/** Articles in the order of their authors, each of which cites the one before. */
function factsFrom(begin) {
  const facts = [];
  for (let n = 0; n < ARTICLES; n++) {
    facts.push(article(facts.length + 1, begin + n));
    const [cited, citing] = [facts.at(-3)?.article, facts.at(-1)?.article];
    const at = new Date(begin + n).toISOString();
    if (cited) facts.push({ type: "cited", seq: facts.length + 1, at, citing, cited });
  }
  return facts;
}

function article(seq, time) {
  const id = seq.toString(16).padStart(24, "0");
  const novelty = { score: 60, mode: "semantic", model: "bench", formula: "bench" };
  const author = `author-${seq % AUTHORS}-`.padEnd(43, "A");
  const at = new Date(time).toISOString();
  return { type: "published", seq, at, article: id, version: id.padStart(64, "0"), author, novelty };
}

function sourceOf(facts) {
  return {
    isShared: false,
    facts: async (after, limit) => facts.slice(after, after + limit),
    caughtUp: async () => undefined,
    onChange: () => ({ [Symbol.dispose]: () => undefined }),
  };
}

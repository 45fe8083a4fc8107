// Exports of an article of ten thousand words, and of texts that were made to take long.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { Exporter } from "../../packages/choir/dist/exports/exporter.js";
import { p50, repeat, row, timed } from "../measure.mjs";
import { markdown } from "./corpus.mjs";
import { hostile } from "./hostile.mjs";

const WORDS = 10_000;
/** Characters of a hostile text: four times as many may take little more than four times as long. */
const [SHORT, LONG] = [20_000, 80_000];

export async function exportRows() {
  const exporter = new Exporter();
  try {
    return await exportsBy(exporter);
  } finally {
    await exporter[Symbol.asyncDispose]();
  }
}

async function exportsBy(exporter) {
  const render = (text, format) => exporter.render(exported(text), format);
  const rows = [];
  const text = markdown(WORDS, 7);
  let longest = 0;
  for (const format of ["html", "docx", "pdf"]) {
    await render("warm", format);
    const lag = monitorEventLoopDelay({ resolution: 1 });
    lag.enable();
    const times = await repeat(5, () => timed(() => render(text, format)));
    lag.disable();
    longest = Math.max(longest, lag.max / 1e6);
    rows.push(row(`choir.export_${format}_p50`, p50(times), "ms", null));
  }
  const waiting = await lagOfWaiting();
  let [slowest, growth] = [0, 0];
  for (const [name, make] of Object.entries(hostile)) {
    for (const format of ["html", "docx", "pdf"]) {
      const short = await worked(() => render(make(SHORT), format));
      const long = await worked(() => render(make(LONG), format));
      console.error(`choir: exports: ${name} as ${format}: ${Math.round(short)} and ${Math.round(long)} ms`);
      slowest = Math.max(slowest, long);
      // Of what takes next to no time, the growth says nothing.
      if (short > 50) growth = Math.max(growth, long / short);
    }
  }
  return [
    ...rows,
    row("choir.export_event_loop_longest", longest, "ms", { atMost: 20 }, waiting),
    row("choir.export_hostile_slowest", slowest / 1_000, "s", { atMost: 10 }),
    row("choir.export_hostile_growth", growth, "times", { atMost: 8 }),
  ];
}

/** What the machine alone holds up a process that does nothing. */
async function lagOfWaiting() {
  const lag = monitorEventLoopDelay({ resolution: 1 });
  lag.enable();
  await delay(3_000);
  lag.disable();
  return { name: "a process that waits", value: lag.max / 1e6 };
}

/** Milliseconds of processor time, of all threads of this process: what else the machine does is not in it. */
async function worked(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e3;
}

function exported(text) {
  const names = {
    id: "a".repeat(24),
    version: "b".repeat(64),
    authorKey: "k".repeat(43),
    title: "Tides",
    author: "Ada",
  };
  const counts = { noveltyScore: 50, citedBy: 0, seq: 7, createdAt: "2026-01-02T03:04:05.000Z" };
  const lists = { tags: [], versions: [], sources: [], citations: [] };
  return { article: { ...names, ...counts, ...lists, markdown: text }, cited: {} };
}

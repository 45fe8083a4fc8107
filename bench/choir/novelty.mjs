// What novelty scores articles of known kinds, made from texts that are on this machine: manual pages and READMEs in English, manual
// pages in German, and the documents in the folder that VIBEWRITER_TEXTS names. And what scoring costs beside 50,000 passages.
import { p50, p95, row } from "../measure.mjs";
import { attacksOf } from "./novelty-attacks.mjs";
import { Chance, casesOf, split } from "./novelty-cases.mjs";
import { openScorer } from "./scorer.mjs";
import { distinct, documents, manPages, readmes, wordsOf } from "./texts.mjs";

const CASES = 50;
const ATTACKS = 20;
const MOST_TEXTS = 200;
const SEED = 1;

const COPIES = ["copy", "own_earlier", "mashup_paragraphs", "mashup_sentences"];

const PACKAGES = new URL("../../node_modules", import.meta.url).pathname;

export async function noveltyRows() {
  const folder = process.env.VIBEWRITER_TEXTS;
  return [
    ...(await kindRows("", [...manPages(""), ...readmes(PACKAGES)], { foreign: distinct(manPages("de")) })),
    ...(await kindRows("de_", manPages("de"), { held: 40 })),
    ...(folder ? await kindRows("texts_", documents(folder)) : []),
    ...(await costRows()),
  ];
}

/** Medians of N of each kind, and how far the original ones are above all others. */
export async function kindRows(prefix, all, { held = CASES, foreign = [], seed = SEED } = {}) {
  console.error(`choir: novelty ${prefix}`);
  const texts = new Chance(seed).shuffled(distinct(all)).slice(0, MOST_TEXTS);
  if (texts.length < held * 1.5) {
    console.error(`choir: novelty ${prefix}: not run, there are only ${texts.length} texts of this kind`);
    return [];
  }
  const parts = split(texts, held, seed);
  const scorer = await openScorer();
  try {
    for (const text of parts.corpus) await scorer.publish(text);
    const medians = await mediansOf(scorer, casesOf(parts, CASES, seed));
    const { original, ...others } = medians;
    const name = (kind) => `choir.novelty_${prefix}${kind}`;
    return [
      row(name("original_median"), original, "N", null),
      ...Object.entries(others).map(([kind, median]) =>
        row(name(`${kind}_median`), median, "N", { atMost: COPIES.includes(kind) ? 0.1 : original - 0.15 }),
      ),
      row(name("margin"), original - Math.max(...Object.values(others)), "N", { atLeast: 0.15 }),
      ...(foreign.length === 0 ? [] : await attackRows(scorer, parts, foreign, original, name)),
    ];
  } finally {
    await scorer.close();
  }
}

async function attackRows(scorer, parts, foreign, original, name) {
  const { attacks, honest } = attacksOf(parts, foreign, ATTACKS, SEED);
  const rows = (medians, bar) =>
    Object.entries(medians).map(([kind, median]) => row(name(`${kind}_median`), median, "N", bar));
  return [
    ...rows(await mediansOf(scorer, attacks), { atMost: original - 0.15 }),
    ...rows(await mediansOf(scorer, honest), { atLeast: original - 0.15 }),
  ];
}

async function mediansOf(scorer, kinds) {
  const medians = {};
  for (const [kind, articles] of Object.entries(kinds)) {
    const all = [];
    for (const article of articles) all.push((await scorer.assess(article)).record.novelty);
    medians[kind] = all.sort((a, b) => a - b)[Math.floor(all.length / 2)];
  }
  return medians;
}

const PASSAGES = 50_000;
const PASSAGES_AN_ARTICLE = 20;

/** A draft of 2,000 words, scored and explained, beside 50,000 passages of made-up text. */
export async function costRows() {
  console.error("choir: novelty beside many passages");
  const chance = new Chance(SEED);
  const source = wordsOf(manPages("").concat(readmes(PACKAGES)).join("\n").slice(0, 3e6));
  const followers = new Map();
  for (const [i, word] of source.entries()) {
    const list = followers.get(word) ?? [];
    if (list.length < 50) list.push(source[i + 1] ?? "the");
    followers.set(word, list);
  }
  let word = "the";
  const next = () => {
    word = chance.next() < 0.05 ? chance.pick(source) : chance.pick(followers.get(word) ?? ["the"]);
    return word;
  };
  const paragraph = () => `${Array.from({ length: 200 }, next).join(" ")}.`;
  const article = (passages) => `# Made up\n\n${Array.from({ length: passages }, paragraph).join("\n\n")}`;
  const texts = function* () {
    for (let made = 0; made < PASSAGES; made += PASSAGES_AN_ARTICLE) yield article(PASSAGES_AN_ARTICLE);
  };
  const scorer = await openScorer(texts());
  try {
    const [times, cpuTimes] = [[], []];
    let passages = 0;
    for (let i = 0; i < 25; i++) {
      const draft = await scorer.ready(article(10));
      const [started, cpu] = [performance.now(), process.cpuUsage()];
      passages = (await scorer.score(draft)).record.corpus.passages;
      const { user, system } = process.cpuUsage(cpu);
      times.push(performance.now() - started);
      cpuTimes.push((user + system) / 1_000);
    }
    return [
      row("choir.novelty_passages", passages, "passages", { atLeast: PASSAGES }),
      row("choir.novelty_2000_words_p50", p50(times), "ms", { atMost: 150 }),
      row("choir.novelty_2000_words_p95", p95(times), "ms", null),
      // Of the processor, which other processes make no longer.
      row("choir.novelty_2000_words_cpu_p50", p50(cpuTimes), "ms", null),
    ];
  } finally {
    await scorer.close();
  }
}

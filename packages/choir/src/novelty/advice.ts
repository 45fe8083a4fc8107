import type { Advice, NoveltyExplanation, SharedRun } from "./explanation.js";
import { factorsOf } from "./novelty.js";

/** Below this a factor is worth a word. */
const LOW = 0.85;
/** Nearness of texts on one subject; nearer ones say much the same. */
const CLOSE = 0.5;
const FEW_OWN = 0.5;
/** A passage this far below the article's own mean pulls it down. */
const UNEVEN = 0.5;

/** What would raise a score, the greatest loss first. */
export function adviceOn(
  { record, parts, words, closest }: Omit<NoveltyExplanation, "advice">,
  runs: readonly SharedRun[],
): Advice[] {
  if (words.own === 0) {
    const text =
      "Nothing of it counts as prose of your own: quotations, code, references and hidden text do not. Write more of your own.";
    return [{ code: "no_prose", text }];
  }
  const advice: (Advice & { loss: number })[] = [];
  const say = (code: Advice["code"], loss: number, text: string) => advice.push({ code, loss, text });

  const copied = runs.filter(({ there }) => there !== undefined);
  const repeated = sum(runs.filter(({ there }) => there === undefined));
  if (copied.length > 0 && parts.unshared < LOW) {
    const from = mostOf(copied);
    say(
      "shared",
      1 - parts.unshared,
      `${count(sum(copied))} stand in what was published before, most of them in ${name(from)}: say it in your own way, or quote it as a quotation and cite it.`,
    );
  }
  if (repeated > words.own * (1 - LOW))
    say("repeated", repeated / words.own, `${count(repeated)} say again what the article has said: say it once.`);
  const [nearest] = closest;
  if (nearest?.there && 1 - parts.distance > CLOSE && parts.unshared >= LOW)
    say(
      "close",
      1 - parts.distance,
      `It says much the same as ${name(nearest.there)}: add what is not there, such as figures, a case or an objection, and cite it.`,
    );
  if (parts.coherent < LOW)
    say(
      "incoherent",
      1 - parts.coherent,
      "Its words stand beside each other as they seldom do in other texts: lists, tables and strings of terms count for little; write in sentences.",
    );
  if (words.own < words.all * FEW_OWN)
    say(
      "little_prose",
      1 - words.own / words.all,
      `${words.own} of its ${words.all} words count as prose of your own: quotations, code, references and hidden text do not.`,
    );
  const z = record.passages.map((passage) => ({ passage, z: factorsOf(passage).z }));
  const mean = z.reduce((all, one) => all + one.z * one.passage.words, 0) / words.own;
  const low = z.filter((one) => one.z < mean * UNEVEN).map(({ passage }) => passage.passage + 1);
  if (low.length > 0 && low.length < z.length)
    say(
      "uneven",
      0,
      `Its weaker half counts twice; passages ${list(low)} are the least new: work on those, or leave them out.`,
    );
  return advice.sort((a, b) => b.loss - a.loss).map(({ code, text }) => ({ code, text }));
}

function mostOf(runs: readonly SharedRun[]): { title: string; author: string } {
  const words = new Map<string, { title: string; author: string; words: number }>();
  for (const { there, words: n } of runs) {
    if (!there) continue;
    const { article, title, author } = there;
    words.set(article, { title, author, words: n + (words.get(article)?.words ?? 0) });
  }
  return [...words.values()].reduce((most, one) => (one.words > most.words ? one : most));
}

function sum(runs: readonly SharedRun[]): number {
  return runs.reduce((all, { words }) => all + words, 0);
}

function name({ title, author }: { title: string; author: string }): string {
  return `"${title}" by ${author}`;
}

function count(words: number): string {
  return words === 1 ? "1 word" : `${words} words`;
}

function list(numbers: readonly number[]): string {
  const [shown, more] = [numbers.slice(0, 8), numbers.length - 8];
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}

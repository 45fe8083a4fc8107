import { counterparts, type Reworded } from "./counterparts.js";
import { corpusOf, type Fact, fixedOf, type Part, partsOf } from "./facts.js";
import { wholeWords } from "./pattern.js";

/** Something that a text says and its other version does not. */
export interface FactChange {
  kind:
    | Fact["kind"]
    | "name"
    | "citation"
    | "negation"
    | "direction"
    | "certainty"
    | "scope"
    | "cause"
    | "statement"
    | "wording"
    | "code";
  /** One sentence for a person. */
  message: string;
}

/** A rewritten draft beside the one that it was. */
export interface Rewrite {
  /** What it says otherwise. Empty: the same is said, as far as code can tell. */
  changes: FactChange[];
  /** What code cannot tell, for a reader to look at. */
  reworded: Reworded[];
}

/**
 * What a rewritten draft says otherwise than before: numbers, dates, quotations, names, negations, directions, certainty, how many of a kind it
 * speaks of, causes, on which sources each rests, and statements that have come or gone. Sentences may be divided, joined and moved; what was
 * said twice may be said once. Sentences in other words are told, and not compared by what they mean.
 */
export function compareRewrite(before: string, after: string): Rewrite {
  const corpus = corpusOf(before, after);
  const old = partsOf(before, corpus);
  const now = partsOf(after, corpus);
  const { added, dropped, reworded } = counterparts(old, now);
  const changes = [
    ...changedCitations(old, now),
    ...changedKinds(old, now),
    ...changedNames(old, now),
    ...changedSense(old, now),
    ...added.map((text): FactChange => ({ kind: "statement", message: `“${cut(text)}” was not said before.` })),
    ...dropped.map((text): FactChange => ({ kind: "statement", message: `“${cut(text)}” is not said any more.` })),
    ...changedCode(before, after),
  ];
  return { changes, reworded };
}

/**
 * The same for a pass that only formats: sentence by sentence, in order, letter by letter but for capitals and the names of months.
 */
export function changedByFormat(before: string, after: string): FactChange[] {
  const corpus = corpusOf(before, after);
  const old = partsOf(before, corpus);
  const now = partsOf(after, corpus);
  if (old.length !== now.length) {
    return [{ kind: "wording", message: `There were ${old.length} sentences and are ${now.length}.` }];
  }
  const changes = old.flatMap((part, i): FactChange[] => {
    const other = now[i];
    if (other === undefined || sameFormat(part, other)) return [];
    return [{ kind: "wording", message: `“${cut(part.text)}” would become “${cut(other.text)}”.` }];
  });
  return [...changes, ...changedCode(before, after)];
}

function sameFormat(a: Part, b: Part): boolean {
  const keys = ({ facts }: Part): string => facts.map(({ kind, key }) => `${kind} ${key}`).join("\n");
  return a.ids === b.ids && keys(a) === keys(b) && letters(a) === letters(b);
}

function letters({ text, facts }: Part): string {
  const dates = facts.filter(({ kind }) => kind === "date");
  const bare = dates.reduce((rest, { text: date }) => rest.replace(date, " "), text);
  return bare.toLowerCase().replace(/[^\p{L}]+/gu, "");
}

function changedCitations(old: readonly Part[], now: readonly Part[]): FactChange[] {
  const was = new Set(old.map(({ ids }) => ids).filter(Boolean));
  const is = new Set(now.map(({ ids }) => ids).filter(Boolean));
  return [
    ...[...was].filter((ids) => !is.has(ids)).map((ids) => citation(`Nothing cites [${ids}] any more.`)),
    ...[...is]
      .filter((ids) => !was.has(ids))
      .map((ids) => citation(`[${ids}] is cited, and was not, or not together.`)),
  ];
}

function citation(message: string): FactChange {
  return { kind: "citation", message };
}

function changedKinds(old: readonly Part[], now: readonly Part[]): FactChange[] {
  const was = placed(old);
  const is = placed(now);
  const changes: FactChange[] = [];
  for (const [key, places] of was) {
    const [fact] = [...places.values()].flat();
    const others = is.get(key);
    if (fact === undefined) continue;
    if (others === undefined) changes.push({ kind: fact.kind, message: `${said(fact)} is not said any more.` });
    else {
      for (const ids of places.keys()) {
        if (others.has(ids)) continue;
        const elsewhere = [...others.keys()].map(source).join(", ");
        changes.push({
          kind: fact.kind,
          message: `${said(fact)} rested on ${source(ids)} and rests on ${elsewhere} now.`,
        });
      }
    }
  }
  for (const [key, places] of is) {
    const others = was.get(key);
    for (const [ids, facts] of places) {
      const [fact] = facts;
      if (fact === undefined) continue;
      if (others === undefined) changes.push({ kind: fact.kind, message: `${said(fact)} was not said before.` });
      else if (!others.has(ids)) {
        const elsewhere = [...others.keys()].map(source).join(", ");
        changes.push({
          kind: fact.kind,
          message: `${said(fact)} rests on ${source(ids)} now, and rested on ${elsewhere}.`,
        });
      } else changes.push(...swapped(others.get(ids) ?? [], facts));
    }
  }
  return unique(changes);
}

/** A number that stands beside another name than before. */
function swapped(was: readonly Fact[], is: readonly Fact[]): FactChange[] {
  return is.flatMap((fact) => {
    if (fact.beside.size === 0) return [];
    const isThere = was.some(({ beside }) => beside.size === 0 || [...beside].some((name) => fact.beside.has(name)));
    if (isThere) return [];
    const [old] = was;
    const names = (of: ReadonlySet<string>): string => [...of].join(", ");
    return [
      {
        kind: fact.kind,
        message: `${said(fact)} was said of ${names(old?.beside ?? new Set())} and is said of ${names(fact.beside)} now.`,
      },
    ];
  });
}

/** Facts by kind and value, then by the sources they rest on. */
function placed(parts: readonly Part[]): Map<string, Map<string, Fact[]>> {
  const found = new Map<string, Map<string, Fact[]>>();
  for (const { facts, ids } of parts) {
    for (const fact of facts) {
      const key = `${fact.kind} ${fact.key}`;
      const places = found.get(key) ?? new Map<string, Fact[]>();
      places.set(ids, [...(places.get(ids) ?? []), fact]);
      found.set(key, places);
    }
  }
  return found;
}

function changedNames(old: readonly Part[], now: readonly Part[]): FactChange[] {
  const lost = [...namesOf(old)].filter((name) => !mentions(now, name));
  const fresh = [...namesOf(now)].filter((name) => !mentions(old, name));
  const changes: FactChange[] = [
    ...lost.map((name): FactChange => ({ kind: "name", message: `“${name}” is not named any more.` })),
    ...fresh.map((name): FactChange => ({ kind: "name", message: `“${name}” was not named before.` })),
  ];
  for (const [ids, { was, is }] of paired(old, now)) {
    const gone = [...namesOf(was)].filter((name) => !mentions(is, name) && !lost.includes(name));
    const added = [...namesOf(is)].filter((name) => !mentions(was, name) && !fresh.includes(name));
    if (gone.length > 0 && added.length > 0 && ids !== "") {
      const message = `What rests on ${source(ids)} was said of ${gone.join(", ")} and is said of ${added.join(", ")} now.`;
      changes.push({ kind: "name", message });
    }
  }
  return changes;
}

function namesOf(parts: readonly Part[]): Set<string> {
  return new Set(parts.flatMap(({ names }) => [...names]));
}

function mentions(parts: readonly Part[], name: string): boolean {
  return parts.some(({ text }) => wholeWords(name).test(text.replaceAll("’", "'")));
}

const OPPOSITES = [
  ["up", "down"],
  ["above", "below"],
  ["most", "least"],
  ["can", "cannot"],
  ["with", "ban"],
] as const;
/** Of the words of a part, what must have been among those before: fewer, and it says something else. */
const SAME_WORDS = 0.34;
const ENOUGH_WORDS = 4;

/** What is denied, which way it points, how sure it is, and whether it is the same at all, for what rests on the same sources. */
function changedSense(old: readonly Part[], now: readonly Part[]): FactChange[] {
  const changes: FactChange[] = [];
  for (const [ids, { was, is }] of paired(old, now)) {
    const what = ids === "" ? "what cites nothing" : `what rests on ${source(ids)}`;
    const [deniedBefore, deniedNow] = [sum(was, "denials"), sum(is, "denials")];
    if (deniedBefore !== deniedNow) {
      changes.push({
        kind: "negation",
        message: `In ${what} ${deniedBefore} things were denied, and ${deniedNow} are now.`,
      });
    }
    const [before, after] = [directionsOf(was), directionsOf(is)];
    for (const [one, other] of OPPOSITES) {
      const only = (of: ReadonlySet<string>, a: string, b: string): boolean => of.has(a) && !of.has(b);
      if (
        (only(before, one, other) && only(after, other, one)) ||
        (only(before, other, one) && only(after, one, other))
      ) {
        changes.push({ kind: "direction", message: `In ${what} it points the other way now (${one}, ${other}).` });
      }
    }
    const [hedgedBefore, hedgedNow] = [sum(was, "hedges"), sum(is, "hedges")];
    if (hedgedBefore > 0 !== hedgedNow > 0) {
      const how = hedgedNow > 0 ? "less sure" : "more sure";
      changes.push({ kind: "certainty", message: `In ${what} it is ${how} than before.` });
    }
    changes.push(...changedScope(was, is, what), ...changedCause(was, is, what));
    if (ids === "") continue;
    const words = new Set(was.flatMap(({ stems }) => [...stems]));
    for (const { stems, text } of is) {
      const kept = [...stems].filter((stem) => words.has(stem)).length;
      if (stems.size >= ENOUGH_WORDS && kept < SAME_WORDS * stems.size) {
        changes.push({ kind: "wording", message: `“${cut(text)}” says something else than before on ${source(ids)}.` });
      }
    }
  }
  return changes;
}

function changedScope(was: readonly Part[], is: readonly Part[], what: string): FactChange[] {
  const [before, after] = [was, is].map((parts) => new Set(parts.flatMap(({ scopes }) => [...scopes])));
  const of = (scopes: Iterable<string> = []): string => [...scopes].sort().join(", ") || "no such word";
  if (of(before) === of(after)) return [];
  return [
    { kind: "scope", message: `Of how many it holds is said otherwise in ${what}: ${of(before)}; now ${of(after)}.` },
  ];
}

function changedCause(was: readonly Part[], is: readonly Part[], what: string): FactChange[] {
  const says = (parts: readonly Part[]): boolean => parts.some(({ cause }) => cause === "said");
  const may = (parts: readonly Part[]): boolean => parts.some(({ cause }) => cause !== "none");
  if (says(is) && !may(was)) return [{ kind: "cause", message: `In ${what} one thing is the cause of another now.` }];
  if (says(was) && !may(is))
    return [{ kind: "cause", message: `In ${what} nothing is the cause of another any more.` }];
  return [];
}

/** What rests on the same sources, before and now. */
function paired(old: readonly Part[], now: readonly Part[]): [string, { was: Part[]; is: Part[] }][] {
  const of = (parts: readonly Part[], ids: string): Part[] =>
    parts.filter((part) => part.ids === ids && !part.isHeading);
  const shared = new Set(old.map(({ ids }) => ids).filter((ids) => now.some((part) => part.ids === ids)));
  return [...shared].map((ids) => [ids, { was: of(old, ids), is: of(now, ids) }]);
}

function directionsOf(parts: readonly Part[]): Set<string> {
  return new Set(parts.flatMap(({ directions }) => [...directions]));
}

function sum(parts: readonly Part[], field: "denials" | "hedges"): number {
  return parts.reduce((total, part) => total + part[field], 0);
}

function changedCode(before: string, after: string): FactChange[] {
  const was = new Set(fixedOf(before));
  const is = new Set(fixedOf(after));
  const lost = [...was].filter((code) => !is.has(code));
  const fresh = [...is].filter((code) => !was.has(code));
  return [
    ...lost.map((code): FactChange => ({ kind: "code", message: `The code or address “${cut(code)}” is gone.` })),
    ...fresh.map(
      (code): FactChange => ({ kind: "code", message: `The code or address “${cut(code)}” was not there.` }),
    ),
  ];
}

function unique(changes: readonly FactChange[]): FactChange[] {
  return [...new Map(changes.map((change) => [change.message, change])).values()];
}

function said({ kind, text }: Fact): string {
  return kind === "quote" ? `The quotation ${cut(text)}` : `“${cut(text)}”`;
}

function source(ids: string): string {
  return ids === "" ? "no source" : `[${ids}]`;
}

function cut(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

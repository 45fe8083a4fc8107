import { guardOf, powerOf } from "../facts/authority.js";
import { holdsAfter, placesIn } from "../facts/conditions.js";
import { type Entry, type Facts, writesIn } from "../facts/facts.js";
import { isCredit, isDebit, ledgersOf, outflowsOf } from "../facts/money.js";
import type { Draft } from "../finding.js";
import type { Call, Check, Step, Write } from "../trace/step.js";
import { has, isZero, leavesOf, type Value, valuesIn } from "../trace/value.js";
import type { Detector } from "./detector.js";

/** Somebody else's code runs before the books are right. */
export const reentrancy: Detector = {
  id: "reentrancy",
  about:
    "calls of other contracts before a write of what was decided on, in one function or across functions; locks are recognised by what they do",
  find: (facts) => facts.actions.flatMap((entry) => late(facts, entry)),
};

/** On one way through a function. */
interface Way {
  readonly checks: readonly Check[];
  /** Variables that were read, by key. */
  readonly reads: ReadonlySet<string>;
  /** Locks that are held: who comes back in fails at their check. */
  readonly locks: ReadonlySet<string>;
  /** Places that were added to: what a loan without a lender makes and takes back. */
  readonly given: ReadonlySet<string>;
  readonly calls: readonly { call: Call; reads: ReadonlySet<string>; locks: ReadonlySet<string>; checks: number }[];
}

interface Late {
  readonly call: Call;
  readonly write: Write;
  readonly locks: ReadonlySet<string>;
  readonly reads: ReadonlySet<string>;
}

function late(facts: Facts, entry: Entry): Draft[] {
  const found: Late[] = [];
  follow(entry.steps, { checks: [], reads: new Set(), locks: new Set(), given: new Set(), calls: [] }, found);
  const direct = found.filter((l) => l.locks.size === 0).flatMap((l) => assess(facts, entry, l));
  const crossing = found.filter((l) => l.locks.size > 0).flatMap((l) => across(facts, entry, l));
  const worst = [...direct, ...crossing].sort((a, b) => WEIGHT[b.severity] - WEIGHT[a.severity]);
  return worst.slice(0, 1);
}

const WEIGHT = { info: 0, low: 1, medium: 2, high: 3, critical: 4 };

/** How a way goes on, and how it came back where it returned; each merged from all there are. */
interface Ends {
  readonly next?: Way;
  readonly back?: Way;
}

function follow(steps: readonly Step[], start: Way, found: Late[]): Ends {
  let way = start;
  let back: Way | undefined;
  for (const step of steps) {
    if (step.kind === "revert") return { back };
    if (step.kind === "return") return { back: merged(back, way) };
    if (step.kind === "branch") {
      const [a, b] = [follow(step.arms[0], way, found), follow(step.arms[1], way, found)];
      back = merged(merged(back, a.back), b.back);
      const next = merged(a.next, b.next);
      if (!next) return { back };
      way = next;
    } else if (step.kind === "loop") {
      const round = follow(step.steps, way, found);
      back = merged(back, round.back);
      way = merged(way, round.next) ?? way;
    } else if (step.kind === "scope") {
      const inside = follow(step.steps, way, found);
      const after = merged(inside.next, inside.back);
      if (!after) return { back };
      way = after;
    } else way = passed(way, step, found);
  }
  return { next: way, back };
}

function passed(way: Way, step: Step, found: Late[]): Way {
  if (step.kind === "check")
    return {
      ...way,
      checks: [...way.checks, step],
      reads: withKeys(
        way.reads,
        placesIn(step.condition).map((p) => p.key),
      ),
    };
  if (step.kind === "read") return { ...way, reads: withKeys(way.reads, [step.place.key]) };
  if (step.kind === "write") return written(way, step, found);
  if (step.kind === "call" && isAway(step))
    return {
      ...way,
      calls: [...way.calls, { call: step, reads: way.reads, locks: way.locks, checks: way.checks.length }],
    };
  return way;
}

function withKeys(keys: ReadonlySet<string>, more: readonly string[]): ReadonlySet<string> {
  return more.every((key) => keys.has(key)) ? keys : new Set([...keys, ...more]);
}

function merged(a: Way | undefined, b: Way | undefined): Way | undefined {
  if (!a || !b || a === b) return a ?? b;
  const calls = [...a.calls, ...b.calls.filter((call) => !a.calls.some((known) => known.call === call.call))];
  return {
    checks: a.checks.filter((check) => b.checks.includes(check)),
    reads: withKeys(a.reads, [...b.reads]),
    locks: new Set([...a.locks].filter((lock) => b.locks.has(lock))),
    given: withKeys(a.given, [...b.given]),
    calls: calls.slice(-64),
  };
}

function written(way: Way, write: Write, found: Late[]): Way {
  const { key } = write.place;
  for (const { call, reads, locks, checks } of way.calls) {
    // Asked again after the call: whoever came back in is noticed.
    const again = way.checks
      .slice(checks)
      .some(({ condition }) => !isAnswerOf(condition, call) && placesIn(condition).some((place) => place.key === key));
    const taken = way.given.has(key) && (isDebit(write) || isCredit(write));
    if (!locks.has(key) && !again && !taken && found.length < 500) found.push({ call, write, locks, reads });
  }
  if (isCredit(write)) return { ...way, given: withKeys(way.given, [key]), reads: withKeys(way.reads, [key]) };
  const about = way.checks.map((check) => holdsAfter(check.condition, write)).filter((holds) => holds !== undefined);
  if (about.length === 0) return { ...way, reads: withKeys(way.reads, write.operator === "=" ? [] : [key]) };
  const locks = new Set(way.locks);
  if (about.includes(false)) locks.add(key);
  else locks.delete(key);
  return { ...way, locks };
}

/** `require(token.transfer(…))` asks how the call went, and nothing else. */
function isAnswerOf(condition: Value, call: Call): boolean {
  return [...valuesIn(condition)].some((part) => part.call?.node === call.node);
}

/** Other code may run, and may call back. */
function isAway(call: Call): boolean {
  if (
    call.target.kind === "this" ||
    call.by === "view" ||
    call.by === "staticcall" ||
    call.by === "delegatecall" ||
    call.by === "create"
  )
    return false;
  return !(call.target.kind === "constant" && isZero(call.target));
}

function assess(facts: Facts, entry: Entry, { call, write, reads }: Late): Draft[] {
  const { key } = write.place;
  const away = call.by === "call" || (call.by === "method" && isForeign(call));
  const known = reads.has(key);
  const flows = outflowsOf(entry).some((flow) => flow.happening.step === call);
  const lessens = isDebit(write) && (flows || known);
  // What was there before the call is put back.
  if (write.value.text === write.place.label) return [];
  if (isCredit(write) && !(known && away)) return [];
  if (!away && !(flows && (lessens || known))) return [];
  if (away && !known && !lessens) return [];
  const weak = call.by === "transfer" || call.by === "send";
  const power = powerOf(facts, entry, { conditions: conditionsAt(entry, write) });
  const severity = weak ? "low" : away ? "high" : "medium";
  const likelihood = power ? "unlikely" : away ? "likely" : "possible";
  const place = facts.program.isTarget(call.node) ? facts.program.placeOf(call.node) : facts.placeOf(undefined, entry);
  return [
    {
      title: `Call before write: ${entry.signature} calls ${call.target.text} and then writes ${write.place.label}`,
      severity,
      likelihood,
      function: entry.signature,
      where: place,
      who: power?.who ?? "anybody who is called",
      why: `While ${call.target.text}.${call.name} runs, ${write.place.label} is still what it was${known ? " when it was checked" : ""}; who is called can call ${entry.name} again.${weak ? " The gas that is sent along is too little for that today." : ""}`,
    },
  ];
}

function conditionsAt(entry: Entry, write: Write) {
  return entry.happenings.find((h) => h.step === write)?.conditions ?? [];
}

/** Whoever calls has a say in who is called. */
function isForeign(call: Call): boolean {
  return (
    has(call.target, "parameter") ||
    has(call.target, "sender") ||
    leavesOf(call.target).some((leaf) => (leaf.place?.indexes.length ?? 0) > 0)
  );
}

/** The function is locked; is there another one, without the lock, that spends what is not yet written? */
function across(facts: Facts, entry: Entry, { call, write, locks }: Late): Draft[] {
  if (call.by === "transfer" || call.by === "send" || isCredit(write) || locks.has(write.place.key)) return [];
  const { key } = write.place;
  const other = facts.actions.find((candidate) => {
    if (candidate === entry || guardOf(facts, candidate, candidate.happenings[0] ?? { conditions: [] })) return false;
    const writes = writesIn(candidate).filter((h) => h.step.place.key === key && isDebit(h.step));
    const checked = candidate.happenings.some(
      (h) => h.step.kind === "check" && placesIn(h.step.condition).some((p) => locks.has(p.key)),
    );
    if (checked || writes.length === 0 || writes.every((h) => powerOf(facts, candidate, h))) return false;
    return ledgersOf(facts).has(key) || outflowsOf(candidate).length > 0;
  });
  if (!other) return [];
  return [
    {
      title: `Call before write, across functions: ${entry.signature} is locked, ${other.signature} is not`,
      severity: "high",
      likelihood: "possible",
      function: entry.signature,
      where: facts.program.isTarget(call.node) ? facts.program.placeOf(call.node) : facts.placeOf(undefined, entry),
      who: "anybody who is called",
      why: `While ${call.target.text}.${call.name} runs, ${write.place.label} is still what it was, and ${other.signature}, which does not look at the lock, spends it.`,
    },
  ];
}

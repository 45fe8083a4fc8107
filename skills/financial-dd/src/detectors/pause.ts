import { guardOf, isDelayed, isTimelocked, powerOf } from "../facts/authority.js";
import { checksIn, isOnce, isUnbounded, placesIn, wantedOf } from "../facts/conditions.js";
import { type Entry, type Facts, type WriteBy, writesIn } from "../facts/facts.js";
import { isForUsers, ledgersOf } from "../facts/money.js";
import type { Draft } from "../finding.js";
import { has, isZero, type StoragePlace, type Value, valuesIn } from "../trace/value.js";
import { type Detector, whoText } from "./detector.js";

/** Who can stop users from moving or taking out what is theirs. */
export const pause: Detector = {
  id: "pause",
  about: "switches, limits and times by which somebody can stop transfers and withdrawals",
  find(facts) {
    const found = new Map<string, Draft>();
    for (const entry of facts.actions) {
      if (!isForUsers(facts, entry)) continue;
      for (const { step } of checksIn(entry))
        for (const gate of gatesIn(step.condition)) {
          const known = `${gate.kind} ${gate.place.key}`;
          const draft = found.has(known) ? undefined : closed(facts, entry, gate);
          if (draft) found.set(known, draft);
        }
    }
    return [...found.values()];
  },
};

interface Gate {
  readonly kind: "switch" | "limit" | "time";
  readonly place: StoragePlace;
  readonly condition: Value;
}

/** Variables that a condition makes the way depend on. */
function gatesIn(condition: Value): Gate[] {
  if (condition.kind === "operation" && (condition.name === "&&" || condition.name === "either"))
    return condition.parts.flatMap(gatesIn);
  if (condition.kind === "operation" && condition.name === "||") {
    // A way around it that time opens by itself.
    if (condition.parts.some((part) => has(part, "block"))) return [];
    return condition.parts.every((part) => gatesIn(part).length > 0 || has(part, "parameter") || has(part, "sender"))
      ? condition.parts.flatMap(gatesIn)
      : [];
  }
  const wanted = wantedOf(condition);
  if (wanted)
    return wanted.place.indexes.length === 0 && !/^address|^contract/.test(typeText(condition))
      ? [{ kind: "switch", place: wanted.place, condition }]
      : [];
  if (condition.kind !== "operation" || !/^(<|>|<=|>=)$/.test(condition.name)) return [];
  const plain = placesIn(condition).filter((place) => place.indexes.length === 0);
  const timed = [...valuesIn(condition)].some((part) => part.kind === "block" && /timestamp|number/.test(part.name));
  if (timed) return plain.map((place) => ({ kind: "time" as const, place, condition }));
  return has(condition, "parameter") && placesIn(condition).length === plain.length
    ? plain.map((place) => ({ kind: "limit" as const, place, condition }))
    : [];
}

function typeText(condition: Value): string {
  return condition.parts.find((part) => part.place)?.type ?? condition.type;
}

function closed(facts: Facts, users: Entry, gate: Gate): Draft | undefined {
  const writers = facts.writesOf(gate.place.key).filter((by) => closes(by, gate));
  if (facts.writesOf(gate.place.key).some(({ entry }) => isForUsers(facts, entry))) return undefined;
  const closing = writers.find(({ entry, happening }) => !guardOf(facts, entry, happening)) ?? writers[0];
  if (!closing) return undefined;
  const { entry, happening } = closing;
  const guard = guardOf(facts, entry, happening);
  if (guard?.kind === "entitled" || (!guard && isOnce(entry, happening.conditions))) return undefined;
  const slow = (guard && isTimelocked(guard)) || isDelayed(happening.conditions);
  const what =
    ledgersOf(facts).size > 0 && writesIn(users).some((h) => ledgersOf(facts).has(h.step.place.key))
      ? "transfers"
      : "withdrawals";
  return {
    title: `${guard ? "The owner" : "Anybody"} can stop ${what}: ${entry.signature} sets ${gate.place.label}`,
    severity: guard ? "high" : "critical",
    likelihood: slow ? "unlikely" : guard ? "possible" : "likely",
    function: entry.signature,
    where: facts.placeOf(happening, entry),
    who: guard?.who ?? "anybody",
    why: `${users.signature} works only while ${gate.condition.text}, and ${whoText(powerOf(facts, entry, happening)?.who)} can change that${slow ? ", after a delay" : " at once and for as long as they like"}.`,
  };
}

/** Whether a write can close the gate, for good. */
function closes({ entry, happening: { step } }: WriteBy, gate: Gate): boolean {
  const { value } = step;
  if (gate.kind !== "switch") {
    if (!isUnbounded(entry, value)) return false;
    return gate.kind === "limit" || !has(value, "block") || has(value, "parameter");
  }
  const wanted = wantedOf(gate.condition);
  if (!wanted) return false;
  if (value.kind !== "constant") return true;
  const text = step.operator === "delete" || isZero(value) ? "0" : value.text;
  return (text === wanted.constant) !== wanted.is;
}

import { guardOf, isDelayed, isTimelocked } from "../facts/authority.js";
import { checksIn, placesIn } from "../facts/conditions.js";
import { callsIn, type Entry, type Facts, writesIn } from "../facts/facts.js";
import { keepsMoney } from "../facts/money.js";
import type { Draft } from "../finding.js";
import type { Call, Happening } from "../trace/step.js";
import { has, isChosen, leavesOf, type Value, valuesIn } from "../trace/value.js";
import { type Detector, whoText } from "./detector.js";

/** The contract does in its own name what a caller tells it to. */
export const arbitraryCall: Detector = {
  id: "arbitrary-call",
  about: "calls whose target and data a caller chooses, and tokens taken from an address that a caller names",
  find: (facts) => facts.actions.flatMap((entry) => [...told(facts, entry), ...takenFrom(facts, entry)]),
};

function told(facts: Facts, entry: Entry): Draft[] {
  const found = callsIn(entry).find(
    ({ step }) =>
      step.by === "call" &&
      step.target.kind !== "this" &&
      isChosen(step.target) &&
      step.target.kind !== "sender" &&
      step.inputs.some(isTold),
  );
  if (!found) return [];
  const guard = guardOf(facts, entry, found);
  const listed = isListed(found, found.step.target);
  const slow = (guard && isTimelocked(guard)) || isDelayed(found.conditions);
  const severity = guard
    ? keepsMoney(facts) && guard.kind !== "entitled" && guard.kind !== "self"
      ? "high"
      : "low"
    : listed
      ? "low"
      : "critical";
  return [
    {
      title: `${guard || listed ? "Somebody" : "Anybody"} can have it call anything: ${entry.signature}`,
      severity,
      likelihood: slow ? "unlikely" : guard || listed ? "possible" : "likely",
      function: entry.signature,
      where: facts.placeOf(found, entry),
      who: guard?.who ?? (listed ? "a list of targets" : "anybody"),
      why: `Target ${found.step.target.text} and data come from the caller: ${listed ? "targets are on a list" : whoText(guard?.who)}; what the contract owns, or may spend for others, can be moved with it.`,
    },
  ];
}

/** What is called is the caller's word: bytes as they came, or a selector or signature. */
function isTold(input: Value): boolean {
  return leavesOf(input).some(
    (leaf) => leaf.kind === "parameter" && /^(bytes|string)(?!32)/.test(leaf.type || "bytes"),
  );
}

function isListed({ conditions }: Happening<Call>, target: Value): boolean {
  return conditions.some((condition) => {
    // Also a hash of the target: what was proposed and let pass before.
    const named = new Set(leavesOf(target).map((leaf) => leaf.text));
    const byList = placesIn(condition).some((place) =>
      place.indexes.some((index) => leavesOf(index).some((leaf) => named.has(leaf.text) && leaf.kind === "parameter")),
    );
    const bySame =
      condition.name === "==" &&
      condition.parts.some((p) => p.text === target.text) &&
      condition.parts.some((p) => p.kind === "place" || p.kind === "constant");
    return byList || bySame;
  });
}

function takenFrom(facts: Facts, entry: Entry): Draft[] {
  const found = callsIn(entry).find((happening) => {
    const { step } = happening;
    const [from] = step.inputs;
    if (
      step.by !== "method" ||
      !/^(safe)?[tT]ransferFrom$/.test(step.name) ||
      !from ||
      !has(from, "parameter") ||
      has(from, "sender")
    )
      return false;
    if (step.target.kind === "this" || guardOf(facts, entry, happening)) return false;
    const isProven = checksIn(entry).some((h) =>
      [...valuesIn(h.step.condition)].some(
        (v) => v.name === "==" && v.parts.some((p) => p.text === from.text) && v.parts.some((p) => p.kind === "sender"),
      ),
    );
    const isSpent = writesIn(entry).some(
      (h) =>
        h.step.place.indexes.some((i) => i.text === from.text) && h.step.place.indexes.some((i) => i.kind === "sender"),
    );
    return !isProven && !isSpent;
  });
  if (!found) return [];
  return [
    {
      title: `Anybody can spend what others have approved: ${entry.signature}`,
      severity: "high",
      likelihood: "likely",
      function: entry.signature,
      where: facts.placeOf(found, entry),
      who: "anybody",
      why: `Tokens are taken from ${found.step.inputs[0]?.text}, an address that the caller names: whoever has approved this contract can be robbed.`,
    },
  ];
}

import { flag } from "../solidity/ast.js";
import { INHERITOR } from "../trace/call.js";
import type { Happening } from "../trace/step.js";
import { has, isZero, leavesOf, type StoragePlace, type Value, valuesIn } from "../trace/value.js";
import type { Entry, Facts } from "./facts.js";

/**
 * Why somebody may do something that not everybody may.
 * - `single`: one address. `role`: whoever is listed. `authority`: whom another contract allows.
 * - `entitled`: whoever shows a signature, a proof, or owns the thing; no power over others.
 * - `self`: the contract itself, for example by a vote that it counts.
 */
export interface Guard {
  readonly kind: "single" | "role" | "authority" | "entitled" | "self";
  /** `owner`, `hasRole[MINTER_ROLE][msg.sender]` */
  readonly who: string;
  readonly place?: StoragePlace;
  readonly condition: Value;
}

/** Who may do something, by the conditions under which it happens; undefined: everybody. */
export function guardOf(facts: Facts, entry: Entry, happening: Pick<Happening, "conditions">): Guard | undefined {
  for (const condition of [...happening.conditions, ...lateChecks(entry)]) {
    const guard = guardIn(facts, condition);
    if (guard) return guard;
  }
  return undefined;
}

/** As {@link guardOf}, for those who have a power over others. */
export function powerOf(facts: Facts, entry: Entry, happening: Pick<Happening, "conditions">): Guard | undefined {
  const guard = guardOf(facts, entry, happening);
  return guard && guard.kind !== "entitled" ? guard : undefined;
}

/** Checks that every way through the function passes, after the fact too: they undo it. */
function lateChecks(entry: Entry): readonly Value[] {
  const known = LATE.get(entry);
  if (known) return known;
  const always: Value[] = [];
  const waiting = [entry.steps];
  for (let steps = waiting.pop(); steps; steps = waiting.pop())
    for (const step of steps) {
      if (step.kind === "return" || step.kind === "branch") break;
      if (step.kind === "check" && !step.scope) always.push(step.condition);
      if (step.kind === "scope") waiting.push(step.steps);
    }
  LATE.set(entry, always);
  return always;
}

const LATE = new WeakMap<Entry, readonly Value[]>();

/** The guard that a condition is, if it is one. */
export function guardIn(facts: Facts, condition: Value): Guard | undefined {
  if (condition.kind === "operation" && condition.name === "&&")
    return condition.parts.map((part) => guardIn(facts, part)).find((guard) => guard !== undefined);
  if (condition.kind === "operation" && condition.name === "||") {
    const guards = condition.parts.filter((part) => !isNever(part)).map((part) => guardIn(facts, part));
    return guards.length > 0 && guards.every((guard) => guard !== undefined)
      ? (guards.find((g) => g?.kind !== "entitled") ?? guards[0])
      : undefined;
  }
  if (condition.kind === "operation" && condition.name === "either") {
    // A function that says whether somebody may: each way to a true answer has to be a guard.
    const ways = condition.parts.slice(-2).filter((part) => !isZero(part));
    const guards = ways.map((part) => guardIn(facts, part));
    return guards.length > 0 && guards.every((guard) => guard !== undefined) ? guards[0] : undefined;
  }
  if (condition.kind === "unknown" && condition.name.startsWith(INHERITOR))
    return { kind: "entitled", who: "what the inheriting contract decides", condition };
  if (condition.kind === "operation" && condition.parts.length === 2) return comparison(facts, condition);
  return listed(facts, condition, condition) ?? asked(condition);
}

/** `… && false` */
function isNever(part: Value): boolean {
  return (isZero(part) && part.type !== "uint256") || (part.name === "&&" && part.parts.some(isNever));
}

function comparison(facts: Facts, condition: Value): Guard | undefined {
  const [left, right] = condition.parts;
  if (!left || !right) return undefined;
  if (condition.name === "==")
    for (const [a, b] of [
      [left, right],
      [right, left],
    ] as const) {
      // A right that hangs on tx.origin is a bad one, and told by its own detector.
      if (isCaller(a) || (a.kind === "origin" && b.kind !== "sender")) return sameAs(facts, b, condition);
      if (isSigner(a) && !has(b, "parameter")) return { kind: "entitled", who: `a signature of ${b.text}`, condition };
      if (isProof(a) && b.kind === "place") return { kind: "entitled", who: `a proof for ${b.text}`, condition };
    }
  if (["!=", ">", ">=", "==", "<", "<=", "&"].includes(condition.name))
    for (const [a, b] of [
      [left, right],
      [right, left],
    ] as const) {
      const isDenial = (condition.name === "==" || condition.name === "<") && isZero(b);
      if (!isDenial && (b.kind === "constant" || b.kind === "operation")) {
        const bits = a.kind === "operation" && a.name === "&" ? a.parts : [a];
        for (const part of bits) {
          const guard = listed(facts, part, condition) ?? asked(part);
          if (guard) return guard;
        }
      }
    }
  return undefined;
}

/** The caller, also as an integer. */
export function isCaller(of: Value): boolean {
  if (of.kind === "sender") return true;
  return (
    of.kind === "operation" && /^(either|_msgSender)$/.test(of.name) && of.parts.some((part) => part.kind === "sender")
  );
}

function isSigner(of: Value): boolean {
  return [...valuesIn(of)].some((part) => /^(ecrecover|recover|tryRecover|isValidSignature.*)(#0)?$/.test(part.name));
}

function isProof(of: Value): boolean {
  return [...valuesIn(of)].some((part) => part.name === "keccak256") && has(of, "parameter");
}

function sameAs(facts: Facts, who: Value, condition: Value): Guard | undefined {
  if (who.kind === "parameter" || who.kind === "origin" || who.kind === "sender") return undefined;
  if (who.kind === "this") return { kind: "self", who: "the contract itself", condition };
  if (who.kind === "constant") return isZero(who) ? undefined : { kind: "single", who: who.text, condition };
  if (who.kind === "place" && who.place) {
    if (who.place.indexes.some((index) => has(index, "parameter") || has(index, "sender")))
      return { kind: "entitled", who: who.text, place: who.place, condition };
    return { kind: "single", who: who.text, place: who.place, condition };
  }
  const places = leavesOf(who).filter((leaf) => leaf.kind === "place");
  if (who.kind === "result" && !has(who.call?.target, "parameter")) {
    const chosen = who.call?.inputs.some((input) => has(input, "parameter"));
    return { kind: chosen ? "entitled" : "single", who: who.text, place: places[0]?.place, condition };
  }
  if (who.kind === "operation" && places.length > 0 && !has(who, "parameter"))
    return { kind: "single", who: who.text, place: places[0]?.place, condition };
  return facts.contract.kind === "library" && who.kind === "unknown"
    ? { kind: "entitled", who: who.text, condition }
    : undefined;
}

/** `isAdmin[msg.sender]`: a list that is kept for callers, and that they cannot put themselves on. */
function listed(facts: Facts, of: Value, condition: Value): Guard | undefined {
  const { place } = of;
  if (!place?.indexes.some((index) => has(index, "sender"))) return undefined;
  if (place.indexes.some((index) => index.kind === "parameter" && /address/.test(index.type))) return undefined;
  const writes = facts.writesOf(place.key);
  // What is added up is an account, what everybody may set for themselves a note.
  if (writes.some(({ happening }) => /^[+\-*/]=$/.test(happening.step.operator))) return undefined;
  if (
    writes.some(
      ({ happening: { step, conditions } }) => isOwn(step.place) && !isZero(step.value) && !isGuarded(conditions),
    )
  )
    return undefined;
  // Nobody writes it, or only for themselves: nothing that anybody was given.
  const declaration = place.declaration;
  if (declaration && flag(declaration, "stateVariable") && writes.length === 0 && facts.constructors.length === 0)
    return undefined;
  return { kind: "role", who: of.text, place, condition };
}

function isOwn(place: StoragePlace): boolean {
  return place.indexes.some((index) => has(index, "sender"));
}

function isGuarded(conditions: readonly Value[]): boolean {
  return conditions.some((c) => [...valuesIn(c)].some((part) => part.name === "==" && part.parts.some(isCaller)));
}

/** `authority.canCall(msg.sender, …)` */
function asked(of: Value): Guard | undefined {
  if (of.kind !== "result" || !of.call || has(of.call.target, "parameter")) return undefined;
  if (/^(balanceOf|allowance|transfer|transferFrom|call|send|staticcall|delegatecall)(#\d+)?$/.test(of.name))
    return undefined;
  if (!of.call.inputs.some(isCaller)) return undefined;
  return { kind: "authority", who: of.call.target.text, place: of.call.target.place, condition: of };
}

/** It happens only after a time that was set before: somebody had time to see it coming. */
export function isDelayed(conditions: readonly Value[]): boolean {
  return conditions.some((condition) =>
    [...valuesIn(condition)].some(
      (part) =>
        /^(<|>|<=|>=)$/.test(part.name) &&
        part.parts.some((side) => has(side, "block") && /block\.(timestamp|number)/.test(side.text)) &&
        part.parts.some((side) => leavesOf(side).some((leaf) => leaf.kind === "place")),
    ),
  );
}

/** The address that decides is a timelock by its type or name. */
export function isTimelocked(guard: Guard): boolean {
  const name = `${guard.place?.label ?? ""} ${guard.who} ${guard.place?.declaration?.typeDescriptions ? JSON.stringify(guard.place.declaration.typeDescriptions) : ""}`;
  return /timelock|governor|delay/i.test(name);
}

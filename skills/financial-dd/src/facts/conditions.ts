import type { Check, Happening, Write } from "../trace/step.js";
import { has, isZero, leavesOf, type StoragePlace, type Value, valuesIn } from "../trace/value.js";
import { guardIn } from "./authority.js";
import { type Entry, type Facts, writesIn } from "./facts.js";

export function checksIn(entry: Entry): Happening<Check>[] {
  return entry.happenings.filter((h): h is Happening<Check> => h.step.kind === "check");
}

/** Variables without an index that a value is made of. */
export function plainPlacesIn(of: Value): StoragePlace[] {
  return placesIn(of).filter((place) => place.indexes.length === 0);
}

export function placesIn(of: Value): StoragePlace[] {
  return leavesOf(of).flatMap((leaf) => leaf.place ?? []);
}

/** It works once: a variable is asked for before, and set by the same function to something that the question denies. */
export function isOnce(entry: Entry, conditions: readonly Value[]): boolean {
  // What the last write leaves: a lock that is given back lets the next call in.
  const written = new Map(writesIn(entry).map((h) => [h.step.place.key, h.step]));
  const uses = (condition: Value) =>
    [...valuesIn(condition)].some((part) => {
      const place =
        (part.kind !== "place" || part.type === "bool" ? wantedOf(part)?.place : undefined) ?? belowOf(part);
      const write = place && written.get(place.key);
      if (!place || !write || holdsAfter(part, write) === true) return false;
      return place.indexes.every((index) => has(index, "sender"));
    });
  return conditions.some(uses);
}

/** `initialized < 2` */
function belowOf(part: Value): StoragePlace | undefined {
  const [left, right] = part.parts;
  if (part.name === "<" && right?.kind === "constant") return left?.place;
  return part.name === ">" && left?.kind === "constant" ? right?.place : undefined;
}

/** Variables that decide who may do things. */
export function authorityPlaces(facts: Facts): ReadonlySet<string> {
  const known = AUTHORITIES.get(facts);
  if (known) return known;
  const places = new Set<string>();
  for (const entry of facts.actions)
    for (const { step } of checksIn(entry)) {
      const guard = guardIn(facts, step.condition);
      if (guard?.place && (guard.kind === "single" || guard.kind === "role")) places.add(guard.place.key);
    }
  AUTHORITIES.set(facts, places);
  return places;
}

const AUTHORITIES = new WeakMap<Facts, ReadonlySet<string>>();

/** A value that whoever calls may choose, and that no check compares with anything. */
export function isUnbounded(entry: Entry, written: Value): boolean {
  const chosen = leavesOf(written).filter((leaf) => leaf.kind === "parameter");
  return (
    chosen.length > 0 &&
    !checksIn(entry).some(({ step }) =>
      [...valuesIn(step.condition)].some(
        (part) =>
          /^(<|>|<=|>=)$/.test(part.name) &&
          chosen.some((leaf) => part.parts.some((side) => leavesOf(side).some((l) => l.text === leaf.text))),
      ),
    )
  );
}

/** The constant that a condition wants a variable to be, or not to be; undefined: it asks for something else. */
export function wantedOf(condition: Value): { place: StoragePlace; is: boolean; constant: string } | undefined {
  if (condition.kind === "place" && condition.place) return { place: condition.place, is: false, constant: "0" };
  const [left, right] = condition.parts;
  if (condition.kind !== "operation" || !left) return undefined;
  if (condition.name === "!" && left.place) return { place: left.place, is: true, constant: "0" };
  if (!right || (condition.name !== "==" && condition.name !== "!=")) return undefined;
  for (const [a, b] of [
    [left, right],
    [right, left],
  ] as const)
    if (a.place && b.kind === "constant") return { place: a.place, is: condition.name === "==", constant: plain(b) };
  return undefined;
}

/** Whether a condition still holds after a variable got this value; undefined: it depends. */
export function holdsAfter(condition: Value, write: Write): boolean | undefined {
  const wanted = wantedOf(condition);
  if (
    !wanted ||
    wanted.place.key !== write.place.key ||
    write.value.kind !== "constant" ||
    !/^(=|delete)$/.test(write.operator)
  )
    return undefined;
  return (plain(write.value) === wanted.constant) === wanted.is;
}

function plain(of: Value): string {
  return isZero(of) ? "0" : of.text;
}

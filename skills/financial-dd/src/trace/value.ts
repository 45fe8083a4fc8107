import type { Node } from "../solidity/ast.js";
import type { Call } from "./step.js";

/** Where a value lies in storage. Two places with one `key` are the same variable, whatever the index. */
export interface StoragePlace {
  /** The variable and members, without indexes: `users[].amount`. */
  readonly key: string;
  /** For people: `users[msg.sender].amount`. */
  readonly label: string;
  /** The indexes from outside to inside. */
  readonly indexes: readonly Value[];
  /** The state variable; undefined: a slot that code names itself. */
  readonly declaration?: Node;
}

export type ValueKind =
  | "constant"
  | "sender"
  | "origin"
  | "sent"
  | "block"
  | "this"
  | "parameter"
  | "place"
  | "result"
  | "operation"
  | "unknown";

/** What an expression stands for, followed back through locals and calls to what it came from. */
export interface Value {
  readonly kind: ValueKind;
  /** The same for the same value; also what people are shown. */
  readonly text: string;
  /** Operator, field of the block, name of a parameter or builtin. */
  readonly name: string;
  readonly parts: readonly Value[];
  readonly type: string;
  readonly place?: StoragePlace;
  readonly call?: Call;
  readonly node?: Node;
}

const TEXT = 300;

export function value(kind: ValueKind, o: Partial<Omit<Value, "kind">> & { name: string }): Value {
  const parts = o.parts ?? [];
  const shown = o.text ?? (parts.length === 0 ? o.name : `${o.name}(${parts.map((part) => part.text).join(", ")})`);
  const short = shown.length > TEXT ? `${shown.slice(0, TEXT)}…` : shown;
  // What is too long to be told apart is not worth being followed further either.
  const kept = shown.length > 20 * TEXT ? leavesOf({ parts } as Value) : parts;
  return { ...o, kind, parts: kept.slice(0, 64), type: o.type ?? "", text: short };
}

export const constant = (text: string, type = ""): Value => value("constant", { name: text, type });
export const unknown = (parts: readonly Value[] = [], name = "unknown"): Value => value("unknown", { name, parts });
export const operation = (name: string, parts: readonly Value[], type = "", node?: Node): Value =>
  value("operation", { name, parts, type, text: operationText(name, parts), node });

/** `a` or `b`, as a branch left it. */
export function either(a: Value | undefined, b: Value | undefined): Value {
  if (!a || !b || a.text === b.text) return a ?? b ?? unknown();
  return operation("either", [a, b], a.type);
}

export function isZero(value: Value | undefined): boolean {
  return value?.kind === "constant" && /^(0|0x0+|false|)$/.test(value.text);
}

/** What lies in a place. */
export function placed(place: StoragePlace, type: string): Value {
  return value("place", { name: place.key, text: place.label, place, type });
}

/** A member or element of a place. */
export function within(place: StoragePlace, member: string, index?: Value): StoragePlace {
  const indexes = index ? [...place.indexes, index] : place.indexes;
  const key = `${place.key}${index ? "[]" : member}`;
  return { ...place, key, label: `${place.label}${index ? `[${index.text}]` : member}`.slice(0, 200), indexes };
}

/** What a value is made of, calls with their arguments and places with their indexes among it. */
export function leavesOf(root: Value): readonly Value[] {
  const leaves = new Map<string, Value>();
  const seen = new Set<Value>();
  const waiting: Value[] = [root];
  while (waiting.length > 0 && leaves.size < 200) {
    const next = waiting.pop();
    if (!next || seen.has(next)) continue;
    seen.add(next);
    if (next.kind !== "operation" && next.kind !== undefined) leaves.set(`${next.kind} ${next.text}`, next);
    waiting.push(...next.parts, ...(next.place?.indexes ?? []), ...(next.call?.inputs ?? []));
  }
  return [...leaves.values()];
}

export function has(root: Value | undefined, kind: ValueKind): boolean {
  return root !== undefined && leavesOf(root).some((leaf) => leaf.kind === kind);
}

/** Whoever calls says what it is; an index or argument that they choose does not make a stored value theirs. */
export function isChosen(of: Value | undefined): boolean {
  if (!of) return false;
  const waiting = [of];
  for (let count = 0; count < 500; count++) {
    const next = waiting.pop();
    if (!next) return false;
    if (next.kind === "parameter" || next.kind === "sender") return true;
    if (next.kind === "operation" || next.kind === "unknown") waiting.push(...next.parts);
  }
  return false;
}

/** All values inside one, operations too. */
export function* valuesIn(root: Value, seen = new Set<Value>()): Generator<Value> {
  const waiting = [root];
  for (let next = waiting.pop(); next && seen.size < 2_000; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    yield next;
    waiting.push(...next.parts, ...(next.place?.indexes ?? []), ...(next.call?.inputs ?? []));
  }
}

const OPPOSITE: Record<string, string> = { "==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">" };

/** The opposite, with the denial moved inside, so that `!(a != b)` reads `a == b`. */
export function not(of: Value): Value {
  if (of.kind === "operation") {
    if (of.name === "!" && of.parts[0]) return of.parts[0];
    if (of.name === "&&" || of.name === "||")
      return operation(of.name === "&&" ? "||" : "&&", of.parts.map(not), "bool", of.node);
    const opposite = OPPOSITE[of.name];
    if (opposite) return operation(opposite, of.parts, "bool", of.node);
  }
  if (of.kind === "constant" && of.text === "true") return constant("false", "bool");
  if (of.kind === "constant" && of.text === "false") return constant("true", "bool");
  return operation("!", [of], "bool", of.node);
}

function operationText(name: string, parts: readonly Value[]): string {
  const texts = parts.map((part) =>
    part.kind === "operation" && part.parts.length === 2 ? `(${part.text})` : part.text,
  );
  if (texts.length === 2 && /^[^a-z]+$/i.test(name)) return `${texts[0]} ${name} ${texts[1]}`;
  return /^[^a-z]+$/i.test(name) ? `${name}${texts.join(", ")}` : `${name}(${texts.join(", ")})`;
}

import { child } from "../solidity/ast.js";
import type { Frame, Machine } from "./frame.js";
import { has, type Value } from "./value.js";

/** A method of tokens that was called by its bytes. */
export interface Encoded {
  readonly name: string;
  readonly inputs: readonly Value[];
}

/** Methods that move tokens, or say how many there are, with the number of their arguments and their selectors. */
const METHODS: Record<string, { count: number; selector: string }> = {
  transfer: { count: 2, selector: "0xa9059cbb" },
  transferFrom: { count: 3, selector: "0x23b872dd" },
  safeTransferFrom: { count: 3, selector: "0x42842e0e" },
  approve: { count: 2, selector: "0x095ea7b3" },
  increaseAllowance: { count: 2, selector: "0x39509351" },
  balanceOf: { count: 1, selector: "0x70a08231" },
};

/** What `abi.encodeCall(…)`, `abi.encodeWithSelector(…)` and `abi.encodeWithSignature(…)` ask of a token; undefined: something else. */
export function encodedIn(machine: Machine, frame: Frame, data: Value | undefined): Encoded | undefined {
  if (data?.kind !== "operation" || !/^encode(Call|WithSelector|WithSignature)$/.test(data.name)) return undefined;
  const [method, ...rest] = data.parts;
  const name = method && nameOf(machine, frame, method);
  if (name === undefined) return undefined;
  const [only] = rest;
  const inputs = data.name === "encodeCall" && only?.name === "tuple" ? only.parts : rest;
  return inputs.length === METHODS[name]?.count ? { name, inputs } : undefined;
}

function nameOf(machine: Machine, frame: Frame, method: Value): string | undefined {
  const declared = method.node?.nodeType === "VariableDeclaration" ? child(method.node, "value") : undefined;
  const selected = declared ? machine.evaluate(frame, declared) : method;
  const of = selected.name === ".selector" ? (selected.parts[0] ?? selected) : selected;
  // A method of a token that is no variable: `IERC20(token).transfer`.
  if (of.kind === "operation" && of.name.startsWith(".")) return known(of.name.slice(1));
  // Else the caller says which method it is.
  if (has(of, "parameter")) return undefined;
  const shown = of.text.replace(/\.selector$/, "");
  const bySelector = Object.keys(METHODS).find((name) => METHODS[name]?.selector === shown.toLowerCase());
  return bySelector ?? known(/(?:^|[.(])(\w+)(?:\([\w,]*\)\)?)?$/.exec(shown)?.[1] ?? "");
}

function known(name: string): string | undefined {
  return Object.hasOwn(METHODS, name) ? name : undefined;
}

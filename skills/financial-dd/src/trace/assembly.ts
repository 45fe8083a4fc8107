import { child, children, type Node, nodesIn, text, typeOf } from "../solidity/ast.js";
import { made } from "./call.js";
import type { Frame, Machine } from "./frame.js";
import { fork } from "./statement.js";
import type { CallKind } from "./step.js";
import { constant, not, operation, placed, type StoragePlace, unknown, type Value, value } from "./value.js";

/** One block of inline assembly while it is followed. */
interface Block {
  readonly machine: Machine;
  readonly frame: Frame;
  /** Names of Solidity by where they stand in the source. */
  readonly outside: ReadonlyMap<string, { declaration: Node; suffix: string }>;
  readonly functions: ReadonlyMap<string, Node>;
  /** It copies what the caller has sent into the memory. */
  readonly copies: boolean;
  readonly active: Set<string>;
}

/** Follows inline assembly: the calls, storage and ends that it has. Memory is not followed. */
export function assemble(machine: Machine, frame: Frame, node: Node): void {
  const tree = child(node, "AST");
  if (!tree) return;
  const references = Array.isArray(node.externalReferences) ? node.externalReferences : [];
  const outside = new Map<string, { declaration: Node; suffix: string }>();
  for (const reference of references) {
    const declaration = machine.program.byId(Number(reference.declaration));
    if (declaration) outside.set(String(reference.src), { declaration, suffix: String(reference.suffix ?? "") });
  }
  const functions = new Map<string, Node>();
  let copies = false;
  const waiting = [tree];
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    if (at.nodeType === "YulFunctionDefinition") functions.set(text(at, "name"), at);
    if (
      at.nodeType === "YulFunctionCall" &&
      /^(calldatacopy|calldataload)$/.test(text(child(at, "functionName"), "name"))
    )
      copies = true;
    for (const field of Object.values(at))
      for (const part of Array.isArray(field) ? field : [field])
        if (typeof part === "object" && part !== null && "nodeType" in part) waiting.push(part as Node);
  }
  run({ machine, frame, outside, functions, copies, active: new Set() }, tree);
}

function run(block: Block, node: Node | undefined): void {
  const { machine, frame } = block;
  switch (node?.nodeType) {
    case "YulBlock":
      for (const statement of children(node, "statements")) run(block, statement);
      return;
    case "YulExpressionStatement":
      word(block, child(node, "expression"));
      return;
    case "YulVariableDeclaration": {
      const given = child(node, "value");
      const worth = given ? word(block, given) : constant("0");
      for (const name of children(node, "variables")) frame.words.set(text(name, "name"), worth);
      return;
    }
    case "YulAssignment": {
      const worth = word(block, child(node, "value"));
      for (const name of children(node, "variableNames")) give(block, name, worth);
      return;
    }
    case "YulIf": {
      const condition = truth(word(block, child(node, "condition")));
      fork(machine, frame, node, condition, [() => run(block, child(node, "body")), () => undefined]);
      return;
    }
    case "YulSwitch": {
      const of = word(block, child(node, "expression"));
      cases(block, node, of, children(node, "cases"));
      return;
    }
    case "YulForLoop": {
      run(block, child(node, "pre"));
      let condition = constant("true");
      const steps = machine.apart(() => {
        condition = truth(word(block, child(node, "condition")));
        run(block, child(node, "body"));
        run(block, child(node, "post"));
      });
      machine.emit({ kind: "loop", condition, steps, node });
      return;
    }
    default:
  }
}

function cases(block: Block, node: Node, of: Value, rest: readonly Node[]): void {
  const [first, ...others] = rest;
  if (!first) return;
  if (text(first, "value") === "default" && others.length === 0) {
    run(block, child(first, "body"));
    return;
  }
  const against = isNodeValue(first.value) ? word(block, first.value) : constant("default");
  const condition = operation("==", [of, against], "bool", node);
  fork(block.machine, block.frame, node, condition, [
    () => run(block, child(first, "body")),
    () => cases(block, node, of, others),
  ]);
}

function isNodeValue(field: unknown): field is Node {
  return typeof field === "object" && field !== null && "nodeType" in field;
}

function give(block: Block, name: Node, worth: Value): void {
  const outer = block.outside.get(text(name, "src"));
  if (!outer) {
    block.frame.words.set(text(name, "name"), worth);
    return;
  }
  const { declaration, suffix } = outer;
  // `$.slot := …`: from now on the name means what lies there.
  const held = suffix === "slot" ? placed(slotOf(worth), typeOf(declaration)) : worth;
  block.frame.locals.set(declaration.id, held);
}

/** The place that a number of a slot means. */
function slotOf(number: Value): StoragePlace {
  if (number.kind === "operation" && number.name === "slot" && number.parts[0]?.place) return number.parts[0].place;
  if (number.kind !== "constant") {
    const key = `slot ${number.text}`.slice(0, 120);
    return { key, label: key, indexes: [number] };
  }
  const label = `slot ${number.node ? number.name : number.text}`.slice(0, 120);
  return { key: `slot ${seedOf(number)}`.slice(0, 120), label, indexes: [] };
}

/** What says the same of a slot whatever the constant is called: its number, or the text that was hashed for it. */
function seedOf(number: Value): string {
  if (/^0x[0-9a-f]+$/i.test(number.text)) return number.text.toLowerCase();
  const declared = number.node?.nodeType === "VariableDeclaration" ? child(number.node, "value") : undefined;
  const hashed = declared && [...nodesIn(declared)].find((node) => text(node, "kind") === "string");
  return hashed ? text(hashed, "value") : number.node ? number.name : number.text;
}

const CALLS: Record<string, CallKind> = {
  call: "call",
  callcode: "delegatecall",
  delegatecall: "delegatecall",
  staticcall: "staticcall",
};
const OPERATORS: Record<string, string> = {
  eq: "==",
  lt: "<",
  gt: ">",
  slt: "<",
  sgt: ">",
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  mod: "%",
  and: "&",
  or: "|",
};
const BLOCK: Record<string, string> = {
  timestamp: "timestamp",
  number: "number",
  prevrandao: "prevrandao",
  difficulty: "prevrandao",
  coinbase: "coinbase",
  gaslimit: "gaslimit",
  basefee: "basefee",
  chainid: "chainid",
};

/** What an expression of assembly stands for. */
function word(block: Block, node: Node | undefined): Value {
  if (!node) return unknown();
  if (node.nodeType === "YulLiteral") return constant(text(node, "value") || `0x${text(node, "hexValue")}`, "uint256");
  if (node.nodeType === "YulIdentifier") return named(block, node);
  if (node.nodeType !== "YulFunctionCall") return unknown();
  const { machine } = block;
  const name = text(child(node, "functionName"), "name");
  const inputs = children(node, "arguments").map((part) => word(block, part));
  const [first, second] = inputs;
  const by = CALLS[name];
  if (by) {
    const sends = name === "call" || name === "callcode";
    const data = block.copies
      ? value("parameter", { name: "msg.data" })
      : operation("memory", inputs.slice(sends ? 3 : 2), "", node);
    const sent = sends && inputs[2]?.text !== "0" ? inputs[2] : undefined;
    return made(
      machine,
      { kind: "call", by, name, target: second ?? unknown(), inputs: [data], sent, node, assembly: true },
      "bool",
    );
  }
  switch (name) {
    case "caller":
      return value("sender", { name: "msg.sender", type: "address" });
    case "origin":
      return value("origin", { name: "tx.origin", type: "address" });
    case "callvalue":
      return value("sent", { name: "msg.value", type: "uint256" });
    case "address":
      return value("this", { name: "this" });
    case "balance":
    case "selfbalance":
      return operation("balance", [first ?? value("this", { name: "this" })], "uint256", node);
    case "calldataload":
      return value("parameter", { name: "msg.data" });
    case "blockhash":
      return value("block", { name, text: `blockhash(${first?.text ?? ""})`, parts: inputs, node });
    case "sload":
    case "tload": {
      const place = slotOf(first ?? unknown());
      machine.emit({ kind: "read", place, node });
      return placed(place, place.declaration ? typeOf(place.declaration) : "");
    }
    case "sstore":
    case "tstore":
      machine.emit({
        kind: "write",
        place: slotOf(first ?? unknown()),
        operator: "=",
        value: second ?? unknown(),
        node,
      });
      return constant("nothing");
    case "selfdestruct":
      machine.emit({ kind: "destroy", target: first ?? unknown(), node });
      return constant("nothing");
    case "revert":
    case "invalid":
      machine.emit({ kind: "revert", node });
      return constant("nothing");
    case "return":
    case "stop":
      machine.emit({ kind: "return", node });
      return constant("nothing");
    case "iszero":
      if (first?.type === "bool" && first.kind === "operation") return not(first);
      return operation("==", [first ?? unknown(), constant("0")], "bool", node);
    case "create":
    case "create2":
      return made(
        machine,
        { kind: "call", by: "create", name, target: constant("new"), inputs, sent: first, node, assembly: true },
        "address",
      );
    default:
  }
  const field = BLOCK[name];
  if (field) return value("block", { name: field, text: `block.${field}` });
  const fn = block.functions.get(name);
  if (fn && !block.active.has(name)) return enter(block, fn, name, inputs);
  return (
    shifted(name, inputs) ??
    operation(OPERATORS[name] ?? name, inputs, /^s?(eq|lt|gt)$/.test(name) ? "bool" : "uint256", node)
  );
}

/** Masks and shifts that clean an address change nothing that matters here. */
function shifted(name: string, inputs: readonly Value[]): Value | undefined {
  const [a, b] = inputs;
  if ((name === "shr" || name === "shl") && a?.kind === "constant") return b;
  if (name === "and" && a && b && (a.kind === "constant" || b.kind === "constant"))
    return a.kind === "constant" ? b : a;
  return undefined;
}

function enter(block: Block, fn: Node, name: string, inputs: readonly Value[]): Value {
  const { frame } = block;
  const outer = frame.words;
  frame.words = new Map(children(fn, "parameters").map((p, at) => [text(p, "name"), inputs[at] ?? unknown()]));
  block.active.add(name);
  run(block, child(fn, "body"));
  block.active.delete(name);
  const [output] = children(fn, "returnVariables");
  const given = output && frame.words.get(text(output, "name"));
  frame.words = outer;
  return given ?? unknown(inputs, name);
}

function named(block: Block, node: Node): Value {
  const outer = block.outside.get(text(node, "src"));
  if (!outer) return block.frame.words.get(text(node, "name")) ?? unknown();
  const { declaration, suffix } = outer;
  const held = block.frame.locals.get(declaration.id);
  if (held) return suffix === "slot" ? operation("slot", [held], "", node) : held;
  const name = text(declaration, "name");
  if (declaration.stateVariable === true && declaration.constant !== true) {
    const place = placed({ key: name, label: name, indexes: [], declaration }, typeOf(declaration));
    return suffix === "slot" ? operation("slot", [place], "", node) : place;
  }
  return value("constant", { name, node: declaration });
}

/** `if x` asks whether x is not 0. */
function truth(of: Value): Value {
  if (of.type === "bool" || /^(==|!=|<|>|<=|>=)$/.test(of.name)) return of;
  return operation("!=", [of, constant("0")], "bool", of.node);
}

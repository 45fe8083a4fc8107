import { child, children, type Node, parameters, refersTo, slots, text, typeId, typeOf } from "../solidity/ast.js";
import { signatureOf } from "../solidity/program.js";
import { encodedIn } from "./encoded.js";
import type { Frame, Machine } from "./frame.js";
import type { Call, CallKind } from "./step.js";
import { constant, operation, placed, unknown, type Value, value, within } from "./value.js";

/** Follows a call: of a function of this contract into its body, of another contract to what is known about it. */
export function callOf(machine: Machine, frame: Frame, node: Node): Value {
  const kind = text(node, "kind");
  const callee = child(node, "expression");
  const inputs = slots(node, "arguments").map((part) => machine.evaluate(frame, part));
  if (kind === "typeConversion") return converted(inputs[0] ?? unknown(), node);
  if (kind === "structConstructorCall") return operation("tuple", inputs, typeOf(node), node);
  const plain = withoutOptions(callee);
  const type = typeId(plain);
  const external = EXTERNAL.find(([start]) => type.startsWith(start))?.[1];
  if (external) return reach(machine, frame, { node, callee, plain, by: external, inputs });
  if (type.startsWith("t_function_creation"))
    return reach(machine, frame, { node, callee, plain, by: "create", inputs });
  if (type.startsWith("t_function_external")) return reachMethod(machine, frame, { node, callee, plain, inputs });
  const id = refersTo(plain);
  const fn = machine.program.byId(id);
  if (fn?.nodeType === "FunctionDefinition") return follow(machine, frame, { node, plain, fn, inputs });
  return builtin(machine, frame, { node, plain, inputs });
}

/** How values begin that a function without a body gives. */
export const INHERITOR = "inheritor:";

interface Asked {
  readonly node: Node;
  /** What is called, without `{value: …}`. */
  readonly plain: Node | undefined;
  readonly inputs: readonly Value[];
}

const EXTERNAL: readonly (readonly [string, CallKind])[] = [
  ["t_function_barecall_", "call"],
  ["t_function_barecallcode", "delegatecall"],
  ["t_function_baredelegatecall", "delegatecall"],
  ["t_function_barestaticcall", "staticcall"],
  ["t_function_send", "send"],
  ["t_function_transfer", "transfer"],
];

function converted(of: Value, node: Node): Value {
  return { ...of, type: typeOf(node) };
}

function withoutOptions(callee: Node | undefined): Node | undefined {
  let at = callee;
  while (
    at?.nodeType === "FunctionCallOptions" ||
    (at?.nodeType === "TupleExpression" && children(at, "components").length === 1)
  )
    at = at.nodeType === "FunctionCallOptions" ? child(at, "expression") : children(at, "components")[0];
  return at;
}

function optionOf(machine: Machine, frame: Frame, callee: Node | undefined, option: string): Value | undefined {
  if (callee?.nodeType !== "FunctionCallOptions") return undefined;
  const names = Array.isArray(callee.names) ? callee.names : [];
  const at = names.indexOf(option);
  return at === -1 ? undefined : machine.evaluate(frame, children(callee, "options")[at]);
}

function reach(machine: Machine, frame: Frame, o: Asked & { callee: Node | undefined; by: CallKind }): Value {
  const target =
    o.by === "create"
      ? constant(typeOf(o.node), typeOf(o.node))
      : machine.evaluate(frame, child(o.plain, "expression"));
  const moves = o.by === "send" || o.by === "transfer";
  const sent = moves ? o.inputs[0] : optionOf(machine, frame, o.callee, "value");
  const name = o.by === "create" ? "new" : text(o.plain, "memberName");
  const encoded = o.by === "call" || o.by === "staticcall" ? encodedIn(machine, frame, o.inputs[0]) : undefined;
  if (encoded) {
    // A token is asked by its bytes: told as what that does. The answer is whether it went well, and bytes.
    const by = encoded.name === "balanceOf" ? "view" : "method";
    const answer = made(
      machine,
      { kind: "call", by, ...encoded, target, sent, node: o.node, assembly: false },
      "bytes",
    );
    const went = { ...answer, name: `${answer.name}#0`, text: `${answer.text}#0`, type: "bool" };
    return operation("tuple", [went, answer], typeOf(o.node), o.node);
  }
  return made(
    machine,
    { kind: "call", by: o.by, name, target, inputs: o.inputs, sent, node: o.node, assembly: false },
    typeOf(o.node),
  );
}

function reachMethod(machine: Machine, frame: Frame, o: Asked & { callee: Node | undefined }): Value {
  const declaration = machine.program.byId(refersTo(o.plain));
  const isSelf = text(child(o.plain, "expression"), "name") === "this";
  const target = isSelf ? value("this", { name: "this" }) : machine.evaluate(frame, child(o.plain, "expression"));
  const sent = optionOf(machine, frame, o.callee, "value");
  const mutability = text(declaration, "stateMutability");
  const isGetter = declaration?.nodeType === "VariableDeclaration";
  const by = isGetter || mutability === "view" || mutability === "pure" ? "view" : "method";
  const name = text(o.plain, "memberName") || text(o.plain, "name");
  return made(
    machine,
    { kind: "call", by, name, target, inputs: o.inputs, sent, declaration, node: o.node, assembly: false },
    typeOf(o.node),
  );
}

export function made(machine: Machine, call: Call, type: string): Value {
  machine.emit(call);
  const shown = `${call.target.text}.${call.name}(${call.inputs.map((input) => input.text).join(", ")})`;
  return value("result", { name: call.name, text: shown, parts: [call.target], type, call, node: call.node });
}

function follow(machine: Machine, frame: Frame, o: Asked & { fn: Node }): Value {
  const { fn, bound } = resolved(machine, frame, o);
  const own = bound ? [machine.evaluate(frame, child(o.plain, "expression"))] : [];
  const moved = movement(machine, fn, [...own, ...o.inputs], o.node);
  if (moved) return moved;
  if (!child(fn, "body")) {
    // Whoever inherits writes it: what it checks is not known, nor that it checks nothing.
    const left = unknown([...own, ...o.inputs], `${INHERITOR} ${text(fn, "name")}`);
    machine.emit({ kind: "check", condition: left, scope: false, node: o.node });
    return left;
  }
  const outputs = machine.invoke(fn, [...own, ...ordered(fn, o.node, o.inputs, own.length)]);
  if (outputs.length === 0) return constant("nothing");
  const [only] = outputs;
  return outputs.length === 1 && only ? only : operation("tuple", outputs, typeOf(o.node), o.node);
}

/** Libraries that move tokens or ether and look at the answer (`token.safeTransfer(…)`): told as what they do. */
const MOVEMENTS: Record<string, string> = {
  safeTransfer: "transfer",
  safeTransferFrom: "transferFrom",
  safeApprove: "approve",
  forceApprove: "approve",
  safeTransferETH: "",
  sendValue: "",
};

function movement(machine: Machine, fn: Node, inputs: readonly Value[], node: Node): Value | undefined {
  const name = MOVEMENTS[text(fn, "name")];
  const [target, ...rest] = inputs;
  if (name === undefined || !target || text(machine.program.homeOf(fn), "contractKind") !== "library") return undefined;
  if (name === "")
    made(
      machine,
      { kind: "call", by: "call", name: "call", target, inputs: [], sent: rest[0], node, assembly: false },
      "",
    );
  else made(machine, { kind: "call", by: "method", name, target, inputs: rest, node, assembly: false }, "");
  return constant("nothing");
}

/** Arguments by name, in the order of the parameters. */
function ordered(fn: Node, node: Node, inputs: readonly Value[], skip: number): readonly Value[] {
  const names = Array.isArray(node.names) ? node.names : [];
  if (names.length === 0) return inputs;
  return parameters(fn)
    .slice(skip)
    .map((parameter) => inputs[names.indexOf(text(parameter, "name"))] ?? unknown());
}

/** The function that really runs: `f()` is the most derived one, `super.f()` the next one, `Base.f()` that one. */
function resolved(machine: Machine, frame: Frame, o: Asked & { fn: Node }): { fn: Node; bound: boolean } {
  const { plain, fn } = o;
  const home = machine.program.homeOf(fn);
  const isLibrary = !home || text(home, "contractKind") === "library";
  if (plain?.nodeType === "Identifier" || plain?.nodeType === "IdentifierPath")
    return { fn: isLibrary ? fn : override(machine, fn, 0), bound: false };
  const of = child(plain, "expression");
  if (text(of, "name") === "super") {
    const from = machine.contract.line.findIndex((base) => base.id === frame.home?.id);
    return { fn: override(machine, fn, from + 1), bound: false };
  }
  const bound = isLibrary && parameters(fn).length === o.inputs.length + 1 && !typeId(of).startsWith("t_type");
  return { fn, bound };
}

function override(machine: Machine, fn: Node, from: number): Node {
  const signature = signatureOf(fn);
  for (const base of machine.contract.line.slice(from))
    for (const candidate of children(base, "nodes"))
      if (
        candidate.nodeType === "FunctionDefinition" &&
        child(candidate, "body") &&
        signatureOf(candidate) === signature
      )
        if (text(candidate, "kind") === text(fn, "kind")) return candidate;
  return fn;
}

function builtin(machine: Machine, frame: Frame, o: Asked): Value {
  const { node, plain, inputs } = o;
  const name = text(plain, "name") || text(plain, "memberName");
  const [first] = inputs;
  const language = (refersTo(plain) ?? 0) < 0 || plain?.nodeType === "MemberAccess";
  if (language && (name === "require" || name === "assert") && first) {
    machine.emit({ kind: "check", condition: first, scope: false, node });
    return constant("nothing");
  }
  if (language && name === "revert") {
    machine.emit({ kind: "revert", node });
    return constant("nothing");
  }
  if (language && (name === "selfdestruct" || name === "suicide")) {
    machine.emit({ kind: "destroy", target: first ?? unknown(), node });
    return constant("nothing");
  }
  if (name === "push" || name === "pop") return changeOfArray(machine, frame, o, name);
  if (name === "blockhash" || name === "gasleft")
    return value("block", { name, text: `${name}(${first?.text ?? ""})`, parts: inputs, node });
  const base = plain?.nodeType === "MemberAccess" ? child(plain, "expression") : plain;
  const isOfTypes = /^(abi|type|bytes|string|block|msg)$/.test(text(base, "name")) || plain?.nodeType === "Identifier";
  const of = isOfTypes || !base ? [] : [machine.evaluate(frame, base)];
  const made = operation(name || "call", [...of, ...inputs], typeOf(node), node);
  machine.emit({ kind: "use", value: made, node });
  return made;
}

function changeOfArray(machine: Machine, frame: Frame, o: Asked, name: "push" | "pop"): Value {
  const array = machine.evaluate(frame, child(o.plain, "expression"));
  if (!array.place) return unknown(o.inputs, name);
  const element = within(array.place, "", unknown());
  machine.emit({ kind: "write", place: element, operator: name, value: o.inputs[0] ?? constant("0"), node: o.node });
  return placed(element, typeOf(o.node));
}

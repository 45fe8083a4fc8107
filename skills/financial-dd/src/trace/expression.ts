import { child, children, flag, type Node, refersTo, slots, text, typeId, typeOf } from "../solidity/ast.js";
import { callOf } from "./call.js";
import type { Frame, Machine } from "./frame.js";
import { partsOf } from "./statement.js";
import { constant, operation, placed, type StoragePlace, unknown, type Value, value, within } from "./value.js";

/** What an expression stands for; what it reads, writes and calls is emitted on the way. */
export function evaluate(machine: Machine, frame: Frame, node: Node): Value {
  switch (node.nodeType) {
    case "Literal":
      return constant(literal(node), typeOf(node));
    case "Identifier":
      return read(machine, node, named(machine, frame, node));
    case "MemberAccess":
      return read(machine, node, member(machine, frame, node));
    case "IndexAccess":
      return read(machine, node, indexed(machine, frame, node));
    case "Assignment":
      return assignment(machine, frame, node);
    case "UnaryOperation":
      return unary(machine, frame, node);
    case "BinaryOperation": {
      const parts = [child(node, "leftExpression"), child(node, "rightExpression")].map((n) =>
        machine.evaluate(frame, n),
      );
      return used(machine, node, operation(text(node, "operator"), parts, typeOf(node), node));
    }
    case "Conditional": {
      const parts = ["condition", "trueExpression", "falseExpression"].map((f) =>
        machine.evaluate(frame, child(node, f)),
      );
      return operation("either", parts, typeOf(node), node);
    }
    case "TupleExpression": {
      const parts = slots(node, "components").map((part) => (part ? machine.evaluate(frame, part) : unknown()));
      const [only] = parts;
      return parts.length === 1 && only && !flag(node, "isInlineArray")
        ? only
        : operation("tuple", parts, typeOf(node), node);
    }
    case "FunctionCall":
      return callOf(machine, frame, node);
    case "FunctionCallOptions":
      return machine.evaluate(frame, child(node, "expression"));
    case "ElementaryTypeNameExpression":
      return constant(typeOf(node), "type");
    case "IndexRangeAccess":
      return operation("slice", [machine.evaluate(frame, child(node, "baseExpression"))], typeOf(node), node);
    default:
      return unknown([], node.nodeType);
  }
}

/** Computations are kept apart from what becomes of them. */
function used(machine: Machine, node: Node, of: Value): Value {
  machine.emit({ kind: "use", value: of, node });
  return of;
}

function literal(node: Node): string {
  const shown = text(node, "value") || (text(node, "hexValue") && `0x${text(node, "hexValue")}`);
  const unit = text(node, "subdenomination");
  return unit ? `${shown} ${unit}` : shown;
}

function read(machine: Machine, node: Node, of: Value): Value {
  if (of.place && !isPointer(node)) machine.emit({ kind: "read", place: of.place, node });
  return of;
}

/** `Account storage a = accounts[x]` reads nothing yet. */
function isPointer(node: Node): boolean {
  return /storage/.test(typeOf(node)) || /^mapping/.test(typeOf(node)) || flag(node, "lValueRequested");
}

const OF_MSG: Record<string, Value> = {
  sender: value("sender", { name: "msg.sender", type: "address" }),
  value: value("sent", { name: "msg.value", type: "uint256" }),
  data: value("parameter", { name: "msg.data", type: "bytes calldata" }),
  sig: value("parameter", { name: "msg.sig", type: "bytes4" }),
};

function named(machine: Machine, frame: Frame, node: Node): Value {
  const id = refersTo(node);
  const name = text(node, "name");
  if (name === "this" && (id ?? 0) < 0) return value("this", { name: "this" });
  if (name === "now" && (id ?? 0) < 0) return value("block", { name: "timestamp", text: "block.timestamp" });
  const local = id === undefined ? undefined : frame.locals.get(id);
  if (local) return local;
  const declaration = machine.program.byId(id);
  if (declaration?.nodeType === "VariableDeclaration") return ofVariable(machine, frame, declaration);
  return constant(name || typeOf(node), typeOf(node));
}

/** A state variable, or a constant, whose value is known. */
export function ofVariable(machine: Machine, frame: Frame, declaration: Node): Value {
  if (!flag(declaration, "stateVariable")) {
    const worth = child(declaration, "value");
    if (flag(declaration, "constant") && worth) return constantOf(machine, frame, declaration, worth);
    return constant("0", typeOf(declaration));
  }
  const worth = child(declaration, "value");
  if (flag(declaration, "constant") && worth) return constantOf(machine, frame, declaration, worth);
  return placed(
    { key: text(declaration, "name"), label: text(declaration, "name"), indexes: [], declaration },
    typeOf(declaration),
  );
}

/** Constants keep their names: that says more than their numbers. */
function constantOf(machine: Machine, frame: Frame, declaration: Node, worth: Node): Value {
  const name = text(declaration, "name");
  const of = machine.evaluate(frame, worth);
  return value("constant", {
    name,
    text: /^[\w.]+$/.test(of.text) && of.kind === "constant" ? of.text : name,
    type: typeOf(declaration),
    node: declaration,
  });
}

function member(machine: Machine, frame: Frame, node: Node): Value {
  const of = child(node, "expression");
  const name = text(node, "memberName");
  if (text(of, "name") === "msg" && (refersTo(of) ?? 0) < 0) return OF_MSG[name] ?? unknown([], `msg.${name}`);
  if (text(of, "name") === "tx" && (refersTo(of) ?? 0) < 0)
    return name === "origin" ? value("origin", { name: "tx.origin", type: "address" }) : unknown([], `tx.${name}`);
  if (text(of, "name") === "block" && (refersTo(of) ?? 0) < 0)
    return value("block", { name, text: `block.${name}`, type: typeOf(node) });
  const declaration = machine.program.byId(refersTo(node));
  // `Base.variable` and `Library.CONSTANT`
  if (
    declaration?.nodeType === "VariableDeclaration" &&
    (flag(declaration, "stateVariable") || flag(declaration, "constant"))
  )
    return ofVariable(machine, frame, declaration);
  const base = machine.evaluate(frame, of);
  if (base.place) return placed(within(base.place, `.${name}`), typeOf(node));
  if (name === "balance" && /^address/.test(typeOf(of))) return operation("balance", [base], "uint256", node);
  if (name === "code" || name === "codehash") return operation(name, [base], typeOf(node), node);
  return base.kind === "constant" && typeId(of).startsWith("t_type")
    ? constant(`${base.text}.${name}`, typeOf(node))
    : operation(`.${name}`, [base], typeOf(node), node);
}

function indexed(machine: Machine, frame: Frame, node: Node): Value {
  const base = machine.evaluate(frame, child(node, "baseExpression"));
  const at = child(node, "indexExpression");
  const index = at ? machine.evaluate(frame, at) : unknown();
  if (base.place) return placed(within(base.place, "", index), typeOf(node));
  return operation("[]", [base, index], typeOf(node), node);
}

function unary(machine: Machine, frame: Frame, node: Node): Value {
  const operator = text(node, "operator");
  const target = child(node, "subExpression");
  if (!target || !["++", "--", "delete"].includes(operator)) {
    const of = machine.evaluate(frame, target);
    return of.kind === "constant" && operator === "-"
      ? constant(`-${of.text}`, of.type)
      : operation(operator, [of], typeOf(node), node);
  }
  const one = constant(operator === "delete" ? "0" : "1");
  return assign(machine, frame, target, one, operator === "delete" ? "delete" : operator === "++" ? "+=" : "-=", node);
}

function assignment(machine: Machine, frame: Frame, node: Node): Value {
  const target = child(node, "leftHandSide");
  const given = machine.evaluate(frame, child(node, "rightHandSide"));
  if (!target) return given;
  if (target.nodeType !== "TupleExpression") return assign(machine, frame, target, given, text(node, "operator"), node);
  const targets = slots(target, "components");
  const parts = partsOf(given, targets.length);
  targets.forEach((part, at) => {
    if (part) assign(machine, frame, part, parts[at] ?? unknown([given]), "=", node);
  });
  return given;
}

/** Gives a value to a variable, wherever it is. */
export function assign(
  machine: Machine,
  frame: Frame,
  target: Node,
  given: Value,
  operator: string,
  node: Node,
): Value {
  const id = target.nodeType === "Identifier" ? refersTo(target) : undefined;
  const declaration = machine.program.byId(id);
  if (id !== undefined && declaration && !flag(declaration, "stateVariable")) {
    const held = frame.locals.get(id);
    const isNew = operator === "=" || operator === "delete" || !held;
    // A member of a storage pointer is written below; the pointer itself moves here.
    const next = isNew ? given : operation(operator.replace("=", ""), [held, given], typeOf(target), node);
    frame.locals.set(id, next);
    return next;
  }
  const to = located(machine, frame, target);
  if (!to) {
    // Memory: what is put into an object is in it from now on.
    const root = rootOf(target);
    const held = root === undefined ? undefined : frame.locals.get(root);
    if (root !== undefined && held && !held.place)
      frame.locals.set(root, operation("with", [held, given], held.type, node));
    return given;
  }
  // `x += 1` reads too.
  const change = operator === "=" ? changeOf(to, given) : { operator, value: given };
  if (operator !== "=" && operator !== "delete") machine.emit({ kind: "read", place: to, node });
  machine.emit({ kind: "write", place: to, operator: change.operator, value: change.value, node });
  return operator === "=" || operator === "delete"
    ? given
    : operation(operator.replace("=", ""), [placed(to, typeOf(target)), given], typeOf(target), node);
}

/** `x = x - y` is told as `x -= y`. */
export function changeOf(to: StoragePlace, given: Value): { operator: string; value: Value } {
  const [left, right] = given.parts;
  if (given.kind === "operation" && left && right && (given.name === "-" || given.name === "+")) {
    if (left.place?.label === to.label) return { operator: `${given.name}=`, value: right };
    if (given.name === "+" && right.place?.label === to.label) return { operator: "+=", value: left };
  }
  return { operator: "=", value: given };
}

function located(machine: Machine, frame: Frame, target: Node): StoragePlace | undefined {
  switch (target.nodeType) {
    case "Identifier":
      return named(machine, frame, target).place;
    case "MemberAccess":
      return member(machine, frame, target).place;
    case "IndexAccess":
      return indexed(machine, frame, target).place;
    case "TupleExpression": {
      const [only] = children(target, "components");
      return only && located(machine, frame, only);
    }
    default:
      return machine.evaluate(frame, target).place;
  }
}

function rootOf(target: Node): number | undefined {
  let at: Node | undefined = target;
  while (at && at.nodeType !== "Identifier") at = child(at, "baseExpression") ?? child(at, "expression");
  return refersTo(at);
}

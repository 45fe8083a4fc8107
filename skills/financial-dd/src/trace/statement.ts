import { child, children, type Node, slots, typeId, typeOf } from "../solidity/ast.js";
import type { Frame, Machine } from "./frame.js";
import { PLACEHOLDERS } from "./placeholder.js";
import type { Step } from "./step.js";
import { constant, either, isZero, not, operation, unknown, type Value } from "./value.js";

/** Follows one statement. */
export function execute(machine: Machine, frame: Frame, node: Node): void {
  FOLLOWED[node.nodeType]?.(machine, frame, node);
}

type Follow = (machine: Machine, frame: Frame, node: Node) => void;

const block: Follow = (machine, frame, node) => {
  for (const statement of children(node, "statements")) machine.execute(frame, statement);
};

const FOLLOWED: Readonly<Record<string, Follow>> = {
  Block: block,
  UncheckedBlock: block,
  ExpressionStatement: (machine, frame, node) => {
    machine.evaluate(frame, child(node, "expression"));
  },
  VariableDeclarationStatement: declare,
  IfStatement: branch,
  WhileStatement: loop,
  DoWhileStatement: loop,
  ForStatement: loop,
  Return: leave,
  RevertStatement: (machine, frame, node) => {
    machine.evaluate(frame, child(node, "errorCall"));
    machine.emit({ kind: "revert", node });
  },
  PlaceholderStatement: (_machine, frame) => {
    PLACEHOLDERS.get(frame)?.();
  },
  TryStatement: attempt,
  EmitStatement: (machine, frame, node) => {
    for (const part of children(child(node, "eventCall"), "arguments")) machine.evaluate(frame, part);
  },
};

function declare(machine: Machine, frame: Frame, node: Node): void {
  const declared = slots(node, "declarations");
  const initial = child(node, "initialValue");
  const given = initial ? partsOf(machine.evaluate(frame, initial), declared.length) : [];
  declared.forEach((declaration, at) => {
    if (!declaration) return;
    frame.locals.set(declaration.id, given[at] ?? constant("0", typeOf(declaration)));
  });
}

/** The parts of what a call or tuple gave. */
export function partsOf(from: Value, count: number): readonly Value[] {
  if (count <= 1 && !(from.kind === "operation" && from.name === "tuple")) return [from];
  if (from.kind === "operation" && from.name === "tuple") return from.parts;
  return Array.from({ length: count }, (_, at) => ({
    ...from,
    text: `${from.text}#${at}`,
    name: `${from.name}#${at}`,
  }));
}

function branch(machine: Machine, frame: Frame, node: Node): void {
  const condition = machine.evaluate(frame, child(node, "condition"));
  fork(machine, frame, node, condition, [
    () => machine.execute(frame, child(node, "trueBody")),
    () => machine.execute(frame, child(node, "falseBody")),
  ]);
}

/**
 * Two ways from here on. A way that only ends things (`if (x) revert`) is a check of what follows it.
 */
export function fork(
  machine: Machine,
  frame: Frame,
  node: Node,
  condition: Value,
  ways: readonly [() => void, () => void],
): void {
  const decided = decide(condition);
  if (decided !== undefined) {
    ways[decided ? 0 : 1]();
    return;
  }
  const before = { locals: new Map(frame.locals), words: new Map(frame.words) };
  const path = frame.path;
  frame.path = [...path, condition];
  const first = machine.apart(ways[0]);
  frame.path = [...path, not(condition)];
  const after = { locals: frame.locals, words: frame.words };
  frame.locals = before.locals;
  frame.words = before.words;
  const second = machine.apart(ways[1]);
  const ends = [endOf(first), endOf(second)];
  frame.path = ends[0] && !ends[1] ? [...path, not(condition)] : ends[1] && !ends[0] ? [...path, condition] : path;
  if (ends[0] && !ends[1] && isQuiet(first)) {
    machine.emit({ kind: "check", condition: not(condition), scope: ends[0] === "return", node });
    for (const step of second) machine.emit(step);
    return;
  }
  if (ends[1] && !ends[0] && isQuiet(second)) {
    machine.emit({ kind: "check", condition, scope: ends[1] === "return", node });
    for (const step of first) machine.emit(step);
    frame.locals = after.locals;
    frame.words = after.words;
    return;
  }
  machine.emit({ kind: "branch", condition, arms: [first, second], node });
  if (ends[0] && !ends[1]) return;
  if (ends[1] && !ends[0]) {
    frame.locals = after.locals;
    frame.words = after.words;
    return;
  }
  for (const [id, held] of after.locals) frame.locals.set(id, either(held, frame.locals.get(id)));
  for (const [name, held] of after.words) frame.words.set(name, either(held, frame.words.get(name)));
}

/** Whether a condition holds, where its text alone says so. */
function decide(condition: Value): boolean | undefined {
  if (condition.kind === "constant")
    return condition.text === "true" ? true : condition.text === "false" ? false : undefined;
  const [left, right] = condition.parts;
  if (condition.kind !== "operation" || !left || !right || !/^[=!]=$/.test(condition.name)) return undefined;
  const isPlain = (of: Value) => of.kind === "constant" && /^\d+$/.test(of.text);
  const same =
    isPlain(left) && isPlain(right)
      ? left.text === right.text
      : left.kind === "sender" && isZero(right)
        ? false
        : undefined;
  return same === undefined ? undefined : same === (condition.name === "==");
}

function loop(machine: Machine, frame: Frame, node: Node): void {
  machine.execute(frame, child(node, "initializationExpression"));
  let condition: Value = constant("true", "bool");
  const steps = machine.apart(() => {
    if (child(node, "condition")) condition = machine.evaluate(frame, child(node, "condition"));
    machine.execute(frame, child(node, "body"));
    machine.execute(frame, child(node, "loopExpression"));
  });
  machine.emit({ kind: "loop", condition, steps, node });
}

function leave(machine: Machine, frame: Frame, node: Node): void {
  const expression = child(node, "expression");
  if (expression) {
    const given = machine.evaluate(frame, expression);
    frame.returned.push({ values: partsOf(given, returnCount(expression)), path: frame.path });
  }
  machine.emit({ kind: "return", node });
}

function returnCount(expression: Node): number {
  const tuple = /^tuple\((.*)\)$/.exec(typeOf(expression))?.[1];
  return tuple === undefined || typeId(expression).startsWith("t_function") ? 1 : tuple.split(",").length;
}

function attempt(machine: Machine, frame: Frame, node: Node): void {
  const given = machine.evaluate(frame, child(node, "externalCall"));
  const [success, ...failures] = children(node, "clauses");
  const outputs = children(child(success, "parameters"), "parameters");
  const parts = partsOf(given, outputs.length);
  outputs.forEach((output, at) => {
    frame.locals.set(output.id, parts[at] ?? unknown());
  });
  const succeeded = operation("succeeded", [given], "bool", node);
  fork(machine, frame, node, succeeded, [
    () => machine.execute(frame, child(success, "block")),
    () => {
      for (const failure of failures) machine.execute(frame, child(failure, "block"));
    },
  ]);
}

/** How steps surely end; undefined: they may go on. */
export function endOf(steps: readonly Step[]): "return" | "revert" | undefined {
  for (const step of steps) {
    if (step.kind === "return" || step.kind === "revert") return step.kind;
    if (step.kind === "scope" && endOf(step.steps) === "revert") return "revert";
    if (step.kind === "branch") {
      const [a, b] = step.arms.map(endOf);
      if (a && b) return a === "revert" && b === "revert" ? "revert" : "return";
    }
  }
  return undefined;
}

/** Nothing is changed or called. */
function isQuiet(steps: readonly Step[]): boolean {
  return steps.every((step) => {
    if (step.kind === "scope") return isQuiet(step.steps);
    return (
      step.kind === "read" ||
      step.kind === "use" ||
      step.kind === "return" ||
      step.kind === "revert" ||
      step.kind === "check"
    );
  });
}

import {
  child,
  children,
  flag,
  type Node,
  parameters,
  refersTo,
  returnParameters,
  text,
  typeOf,
} from "../solidity/ast.js";
import { type Contract, type Program, signatureOf } from "../solidity/program.js";
import { assemble } from "./assembly.js";
import { evaluate } from "./expression.js";
import type { Frame, Machine } from "./frame.js";
import { PLACEHOLDERS } from "./placeholder.js";
import { execute } from "./statement.js";
import type { Step } from "./step.js";
import { either, operation, unknown, type Value, value } from "./value.js";

const DEEPEST = 40;
const MOST_STEPS = 30_000;

/** A function with all that happens in it, calls of its own contract followed. */
export interface Trace {
  readonly steps: readonly Step[];
  /** It was too deep or too long to be followed to its end. */
  readonly cut: boolean;
}

/** Follows what happens when somebody calls `fn` of `contract`, modifiers included; loops are followed once. */
export function trace(program: Program, contract: Contract, fn: Node): Trace {
  const tracer = new Tracer(program, contract);
  const inputs = parameters(fn).map((p) =>
    value("parameter", { name: text(p, "name") || "unnamed", type: typeOf(p), node: p }),
  );
  try {
    const steps = tracer.apart(() => tracer.invoke(fn, inputs));
    return { steps, cut: tracer.cut };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { steps: [], cut: true };
  }
}

class Tracer implements Machine {
  readonly program: Program;
  readonly contract: Contract;
  cut = false;
  #steps: Step[] = [];
  #count = 0;
  readonly #active: Node[] = [];

  constructor(program: Program, contract: Contract) {
    this.program = program;
    this.contract = contract;
  }

  emit(step: Step): void {
    if (++this.#count > MOST_STEPS) this.cut = true;
    else this.#steps.push(step);
  }

  apart(run: () => void): Step[] {
    const outer = this.#steps;
    const steps: Step[] = [];
    this.#steps = steps;
    try {
      run();
    } finally {
      this.#steps = outer;
    }
    return steps;
  }

  evaluate(frame: Frame, node: Node | undefined): Value {
    return node ? evaluate(this, frame, node) : unknown();
  }

  execute(frame: Frame, node: Node | undefined): void {
    if (node?.nodeType === "InlineAssembly") assemble(this, frame, node);
    else if (node) execute(this, frame, node);
  }

  invoke(fn: Node, inputs: readonly Value[]): readonly Value[] {
    const outputs = returnParameters(fn);
    if (this.#active.includes(fn) || this.#active.length >= DEEPEST || this.cut) {
      if (!this.#active.includes(fn)) this.cut = true;
      return outputs.map(() => unknown(inputs, text(fn, "name")));
    }
    const frame: Frame = { home: this.program.homeOf(fn), locals: new Map(), words: new Map(), returned: [], path: [] };
    parameters(fn).forEach((parameter, at) => {
      frame.locals.set(parameter.id, inputs[at] ?? unknown());
    });
    this.#active.push(fn);
    try {
      this.emit({ kind: "scope", callable: fn, steps: this.apart(() => this.#modified(frame, fn, 0)) });
    } finally {
      this.#active.pop();
    }
    return outputs.map((output, at) => {
      const ways = frame.returned.flatMap(({ values, path }) => (values[at] ? [{ value: values[at], path }] : []));
      const named = frame.locals.get(output.id);
      if (named) ways.push({ value: named, path: frame.path });
      return answerOf(ways, typeOf(output));
    });
  }

  /** The body of a function inside its modifiers from the nth on. */
  #modified(frame: Frame, fn: Node, from: number): void {
    const invocation = children(fn, "modifiers")[from];
    if (!invocation) {
      this.execute(frame, child(fn, "body"));
      return;
    }
    const named = this.program.byId(refersTo(child(invocation, "modifierName")));
    // Constructors name the contracts that they inherit from in the same list.
    const modifier = named?.nodeType === "ModifierDefinition" ? this.#derived(named) : undefined;
    if (!modifier) {
      this.#modified(frame, fn, from + 1);
      return;
    }
    const inner: Frame = { ...frame, home: this.program.homeOf(modifier), locals: new Map(), words: new Map() };
    parameters(modifier).forEach((parameter, at) => {
      inner.locals.set(parameter.id, this.evaluate(frame, children(invocation, "arguments")[at]));
    });
    PLACEHOLDERS.set(inner, () => this.#modified(frame, fn, from + 1));
    this.emit({
      kind: "scope",
      callable: modifier,
      steps: this.apart(() => this.execute(inner, child(modifier, "body"))),
    });
  }

  /** The most derived modifier of that name. */
  #derived(modifier: Node): Node {
    if (!flag(modifier, "virtual") && children(modifier, "overrides").length === 0) return modifier;
    for (const base of this.contract.line)
      for (const candidate of children(base, "nodes"))
        if (candidate.nodeType === "ModifierDefinition" && signatureOf(candidate) === signatureOf(modifier))
          return child(candidate, "body") ? candidate : modifier;
    return modifier;
  }
}

/** What a function gives that returns in several places: the conditions are part of it. */
function answerOf(ways: readonly { value: Value; path: readonly Value[] }[], type: string): Value {
  const [first] = ways;
  if (!first) return unknown();
  if (ways.every((way) => way.value.text === first.value.text)) return first.value;
  if (type === "bool") return ways.map(asCondition).reduce((a, b) => operation("||", [a, b], "bool"));
  const merged = ways.map((way) => way.value).reduce((a, b) => either(a, b));
  const conditions = ways.flatMap((way) => way.path);
  const constant = ways.every((way) => way.value.kind === "constant");
  return constant && conditions.length > 0 ? operation("either", [...conditions, ...merged.parts], type) : merged;
}

/** `if (a) return true; return false;` is `a`. */
function asCondition({ value, path }: { value: Value; path: readonly Value[] }): Value {
  const all = value.kind === "constant" && value.text === "true" ? path : [...path, value];
  const [first, ...rest] = all;
  return first ? rest.reduce((a, b) => operation("&&", [a, b], "bool"), first) : value;
}

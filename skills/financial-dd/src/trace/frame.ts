import type { Node } from "../solidity/ast.js";
import type { Contract, Program } from "../solidity/program.js";
import type { Step } from "./step.js";
import type { Value } from "./value.js";

/** One call of a function or modifier while it is followed. */
export interface Frame {
  /** The contract or library in which the function was written: what `super` is seen from. */
  readonly home: Node | undefined;
  /** What parameters and locals hold, by the id of their declaration. */
  locals: Map<number, Value>;
  /** What names of assembly hold. */
  words: Map<string, Value>;
  /** What it returned, one list for each return, with what had to hold to come there. */
  readonly returned: { values: readonly Value[]; path: readonly Value[] }[];
  /** What holds in the function where it is now. */
  path: readonly Value[];
}

/** What the parts of the tracer need of each other. */
export interface Machine {
  readonly program: Program;
  readonly contract: Contract;
  /** Notes that something happens now. */
  emit(step: Step): void;
  /** What happens in `run`, apart. */
  apart(run: () => void): Step[];
  evaluate(frame: Frame, node: Node | undefined): Value;
  execute(frame: Frame, node: Node | undefined): void;
  /** Follows a call of a function whose body is known; the values that it returns. */
  invoke(fn: Node, inputs: readonly Value[]): readonly Value[];
}

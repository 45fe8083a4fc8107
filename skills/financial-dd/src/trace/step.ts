import type { Node } from "../solidity/ast.js";
import { not, type StoragePlace, type Value } from "./value.js";

/** Nothing after it happens unless `condition` holds; `scope`: only in the function or modifier that it stands in. */
export interface Check {
  readonly kind: "check";
  readonly condition: Value;
  readonly scope: boolean;
  readonly node: Node;
}

export interface Read {
  readonly kind: "read";
  readonly place: StoragePlace;
  readonly node: Node;
}

export interface Write {
  readonly kind: "write";
  readonly place: StoragePlace;
  /** `=`, `+=`, `-=`, `delete`, `push`, `pop`, …; `x = x - y` is `-=` too. */
  readonly operator: string;
  readonly value: Value;
  readonly node: Node;
}

export type CallKind = "call" | "delegatecall" | "staticcall" | "send" | "transfer" | "method" | "view" | "create";

/** A call of another contract. `method` and `view` are calls by name; the others are the language's own. */
export interface Call {
  readonly kind: "call";
  readonly by: CallKind;
  /** Name of the method. */
  readonly name: string;
  readonly target: Value;
  readonly inputs: readonly Value[];
  /** Ether that goes along. */
  readonly sent?: Value;
  /** What is called, where its declaration is known. */
  readonly declaration?: Node;
  readonly node: Node;
  /** In assembly: the program may have put anything into the memory that is sent. */
  readonly assembly: boolean;
}

export interface Destroy {
  readonly kind: "destroy";
  readonly target: Value;
  readonly node: Node;
}

export interface Branch {
  readonly kind: "branch";
  readonly condition: Value;
  readonly arms: readonly [readonly Step[], readonly Step[]];
  readonly node: Node;
}

export interface Loop {
  readonly kind: "loop";
  readonly condition: Value;
  readonly steps: readonly Step[];
  readonly node: Node;
}

/** The body of a function or modifier that was called: a return ends it and nothing else. */
export interface Scope {
  readonly kind: "scope";
  readonly callable: Node;
  readonly steps: readonly Step[];
}

export interface Exit {
  readonly kind: "return" | "revert";
  readonly node: Node;
}

/** A value that somebody computes with; kept because some detectors look at computations themselves. */
export interface Use {
  readonly kind: "use";
  readonly value: Value;
  readonly node: Node;
}

export type Step = Check | Read | Write | Call | Destroy | Branch | Loop | Scope | Exit | Use;

/** A step with what must hold where it happens. */
export interface Happening<S extends Step = Step> {
  readonly step: S;
  /** Checks passed before, and the arms that it stands in. */
  readonly conditions: readonly Value[];
  readonly loop: boolean;
  /** Functions and modifiers that it stands in, the outermost first. */
  readonly within: readonly Node[];
}

/** All that happens, in order, each with its conditions. */
export function happeningsIn(steps: readonly Step[]): Happening[] {
  const found: Happening[] = [];
  gather(steps, { conditions: [], loop: false, within: [] }, found);
  return found;
}

type Around = Omit<Happening, "step">;

/** Returns the conditions that hold after the steps. */
function gather(steps: readonly Step[], around: Around, found: Happening[]): readonly Value[] {
  let conditions = around.conditions;
  let lasting = around.conditions;
  for (const step of steps) {
    const here = { ...around, conditions };
    found.push({ step, ...here });
    if (step.kind === "check") {
      conditions = [...conditions, step.condition];
      if (!step.scope) lasting = [...lasting, step.condition];
    } else if (step.kind === "branch") {
      gather(step.arms[0], { ...here, conditions: [...conditions, step.condition] }, found);
      gather(step.arms[1], { ...here, conditions: [...conditions, not(step.condition)] }, found);
    } else if (step.kind === "loop") {
      conditions = gather(step.steps, { ...here, loop: true }, found);
    } else if (step.kind === "scope") {
      const after = gather(step.steps, { ...here, within: [...around.within, step.callable] }, found);
      const added = after.slice(conditions.length);
      conditions = [...conditions, ...added];
      lasting = [...lasting, ...added];
    }
  }
  return lasting;
}

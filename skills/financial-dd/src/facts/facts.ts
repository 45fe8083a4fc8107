import { type Node, text } from "../solidity/ast.js";
import {
  type Contract,
  constructorsOf,
  entriesOf,
  type Place,
  type Program,
  signatureText,
  stateVariablesOf,
} from "../solidity/program.js";
import { type Call, type Happening, happeningsIn, type Step, type Write } from "../trace/step.js";
import { trace } from "../trace/tracer.js";

/** A function that can be called from outside, or a constructor, with all that happens in it. */
export interface Entry {
  readonly fn: Node;
  readonly name: string;
  /** `withdraw(uint256)` */
  readonly signature: string;
  readonly steps: readonly Step[];
  readonly happenings: readonly Happening[];
  /** It changes nothing. */
  readonly isView: boolean;
  readonly isPayable: boolean;
  /** Not followed to its end. */
  readonly cut: boolean;
}

export interface WriteBy {
  readonly entry: Entry;
  readonly happening: Happening<Write>;
}

/** What is known of one contract, its inherited code included. */
export class Facts {
  readonly program: Program;
  readonly contract: Contract;
  readonly entries: readonly Entry[];
  readonly constructors: readonly Entry[];
  readonly variables: readonly Node[];
  readonly #writes = new Map<string, WriteBy[]>();

  constructor(program: Program, contract: Contract) {
    this.program = program;
    this.contract = contract;
    this.variables = stateVariablesOf(contract);
    this.entries = entriesOf(contract).map((fn) => this.#entry(fn));
    this.constructors = constructorsOf(contract).map((fn) => this.#entry(fn));
    for (const entry of this.entries)
      for (const happening of writesIn(entry)) {
        const key = happening.step.place.key;
        const known = this.#writes.get(key);
        if (known) known.push({ entry, happening });
        else this.#writes.set(key, [{ entry, happening }]);
      }
  }

  /** Writes after the construction, by the variable that they change. */
  get writes(): ReadonlyMap<string, readonly WriteBy[]> {
    return this.#writes;
  }

  writesOf(key: string): readonly WriteBy[] {
    return this.#writes.get(key) ?? [];
  }

  /** Entries that change something. */
  get actions(): readonly Entry[] {
    return this.entries.filter((entry) => !entry.isView);
  }

  /** Where a person should look: in a file that they gave, if something of it is there. */
  placeOf(happening: Pick<Happening, "step" | "within"> | undefined, entry?: Entry): Place {
    const step = happening?.step;
    const candidates = [
      step && "node" in step ? step.node : undefined,
      ...(happening?.within.toReversed() ?? []),
      entry?.fn,
      this.contract.node,
    ];
    const nodes = candidates.filter((node) => node !== undefined);
    return this.program.placeOf(nodes.find((node) => this.program.isTarget(node)) ?? nodes[0] ?? this.contract.node);
  }

  #entry(fn: Node): Entry {
    const { steps, cut } = trace(this.program, this.contract, fn);
    const mutability = text(fn, "stateMutability");
    const name = text(fn, "name") || text(fn, "kind");
    const isView = mutability === "view" || mutability === "pure";
    const happenings = happeningsIn(steps);
    return {
      fn,
      name,
      signature: signatureText(fn),
      steps,
      happenings,
      isView,
      isPayable: mutability === "payable",
      cut,
    };
  }
}

export function writesIn(entry: Entry): Happening<Write>[] {
  return entry.happenings.filter((h): h is Happening<Write> => h.step.kind === "write");
}

export function callsIn(entry: Entry): Happening<Call>[] {
  return entry.happenings.filter((h): h is Happening<Call> => h.step.kind === "call");
}

/** Names of the contracts that one inherits from, itself among them. */
export function lineage(contract: Contract): readonly string[] {
  return contract.line.map((base) => text(base, "name"));
}

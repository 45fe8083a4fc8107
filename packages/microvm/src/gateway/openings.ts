import { MicroVMError } from "../errors.js";
import { hostName } from "./host-name.js";
import { type EgressRule, ruleFor } from "./policy.js";
import { Refusal } from "./refusal.js";

/** A server of the public internet, by its name and one of its ports. */
export interface Server {
  /** In the spelling of {@link hostName}. */
  readonly host: string;
  readonly port: number;
}

/** A server that the programs of one VM may reach although its policy does not say so. */
export interface Opening {
  readonly rule: EgressRule;
  /** Aborted when that is over. */
  readonly signal: AbortSignal;
}

/**
 * What programs of VMs may reach besides their policies, for as long as somebody holds it open, and who is told of what they were refused. It is kept in
 * memory and goes by the VM's id, so that no restart, fork, snapshot or export of a VM has it.
 */
export class Openings {
  readonly #open = new Map<string, Set<Opening>>();
  readonly #watchers = new Map<string, Set<(server: Server) => void>>();

  /** Throws MicroVMError `invalid_argument` for what is no name of the public internet, or no port. */
  open(vm: string, server: Server): Disposable {
    const end = new AbortController();
    const over = () => end.abort(new Refusal("not_allowed", "This server may be reached no longer."));
    const opening = { rule: ruleOf(server), signal: end.signal };
    const leave = join(this.#open, vm, opening);
    return {
      [Symbol.dispose]: () => {
        leave();
        over();
      },
    };
  }

  /** Calls back for each server that programs of a VM ask for and that nothing allows, before they are told. */
  watch(vm: string, onRefused: (server: Server) => void): Disposable {
    return { [Symbol.dispose]: join(this.#watchers, vm, onRefused) };
  }

  find(vm: string, asked: { name: string; port: number; method: string }): Opening | undefined {
    return [...(this.#open.get(vm) ?? [])].find(({ rule }) => ruleFor({ allow: [rule] }, asked) !== undefined);
  }

  refused(vm: string, server: Server): void {
    for (const tell of this.#watchers.get(vm) ?? []) tell(server);
  }
}

function ruleOf({ host, port }: Server): EgressRule {
  try {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Refusal("bad_host", `${port} is no port.`);
    return { host: hostName(host), ports: [port] };
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw new MicroVMError("invalid_argument", `${host}:${port} cannot be opened: ${cause.message}`, { cause });
  }
}

/** Puts something among what a VM has; what takes it out again. */
function join<T>(all: Map<string, Set<T>>, vm: string, one: T): () => void {
  const its = all.get(vm) ?? new Set();
  all.set(vm, its.add(one));
  return () => {
    its.delete(one);
    if (its.size === 0 && all.get(vm) === its) all.delete(vm);
  };
}

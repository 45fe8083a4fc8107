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

/** An opening, and who holds it open. */
interface Held {
  readonly rule: EgressRule;
  readonly holders: Set<symbol>;
  readonly end: AbortController;
}

/**
 * What programs of VMs may reach besides their policies, for as long as somebody holds it open, and who is told of what they were refused. It is kept in
 * memory and goes by the VM's id, so that no restart, fork, snapshot or export of a VM has it.
 */
export class Openings {
  /** By VM and then by server: several may hold the same one open, and it is open until the last of them has let go. */
  readonly #open = new Map<string, Map<string, Held>>();
  readonly #watchers = new Map<string, Set<(server: Server) => void>>();

  /** Throws MicroVMError `invalid_argument` for what is no name of the public internet, or no port. */
  open(vm: string, server: Server): Disposable {
    const rule = ruleOf(server);
    const its = this.#open.get(vm) ?? new Map<string, Held>();
    const name = `${rule.host}:${server.port}`;
    const held = its.get(name) ?? { rule, holders: new Set(), end: new AbortController() };
    const holder = Symbol(name);
    held.holders.add(holder);
    this.#open.set(vm, its.set(name, held));
    return {
      [Symbol.dispose]: () => {
        if (!held.holders.delete(holder) || held.holders.size > 0) return;
        its.delete(name);
        if (its.size === 0) this.#open.delete(vm);
        held.end.abort(new Refusal("not_allowed", "This server may be reached no longer."));
      },
    };
  }

  /** Calls back for each server that programs of a VM ask for and that nothing allows, before they are told. */
  watch(vm: string, onRefused: (server: Server) => void): Disposable {
    return { [Symbol.dispose]: join(this.#watchers, vm, onRefused) };
  }

  find(vm: string, asked: { name: string; port: number; method: string }): Opening | undefined {
    const held = [...(this.#open.get(vm)?.values() ?? [])].find(({ rule }) => ruleFor({ allow: [rule] }, asked));
    return held && { rule: held.rule, signal: held.end.signal };
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

import { InTurn } from "@vibewriter/backbone";
import type { EmitEvent } from "../middleware/run-scope.js";
import type { Fence } from "../runs/fence.js";
import type { OpenHost } from "./open-host.js";
import { type Reach, type Server, serverText } from "./reach.js";

const BY = { person: "a person has allowed", policy: "the policy of this home allows" };

/**
 * The servers that programs of one run may reach because it was allowed in that run. They are in the run's record, so that whoever drives it next
 * opens them again, and they are open only while it is driven. It is the agent's VM for which they are open: what else works there then, reaches them, too.
 */
export class RunHosts implements Disposable {
  /** Whoever wants one asks in turn, so that each counts what the others have asked. */
  readonly asking = new InTurn();
  readonly #reach: Reach;
  readonly #fence: Pick<Fence, "change">;
  readonly #emit: EmitEvent;
  readonly #open = new Map<string, Disposable>();
  #isOver = false;

  constructor(o: { reach: Reach; fence: Pick<Fence, "change">; emit: EmitEvent }) {
    this.#reach = o.reach;
    this.#fence = o.fence;
    this.#emit = o.emit;
  }

  /** Programs of this run reach its tools, and nothing that somebody could open. */
  get isCutOff(): boolean {
    return this.#reach.open === undefined;
  }

  has(server: Server): boolean {
    return this.#open.has(serverText(server));
  }

  /** Opens a server until the wish that it is for is done. Whoever calls this has seen to it that it may be. @throws BackboneError `fenced` */
  async allow(allowed: OpenHost): Promise<void> {
    const name = serverText(allowed);
    const isAnother = (one: OpenHost) => one.scope === allowed.scope && serverText(one) !== name;
    await this.#fence.change((now) => ({
      ...now,
      hosts: [...(now.hosts ?? []).filter(isAnother), allowed],
    }));
    this.#openIt(allowed);
    const text = `Programs of this run reach ${name} from now on, as ${BY[allowed.by]}.`;
    await this.#emit({ type: "log", data: { level: "info", text } }, `reach.${allowed.scope}.${name}`);
  }

  /** Opens what earlier drives of the run were allowed, as far as that `counts`. */
  async resume(hosts: readonly OpenHost[], counts: (host: OpenHost) => Promise<boolean>): Promise<void> {
    if (this.isCutOff) return;
    for (const host of hosts) if (await counts(host)) this.#openIt(host);
  }

  /** Closes them, and cuts off what programs are still saying to them. A call that outlives its drive opens nothing any more. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const opening of this.#open.values()) opening[Symbol.dispose]();
    this.#open.clear();
  }

  #openIt({ host, port }: OpenHost): void {
    if (this.#isOver) return;
    const name = serverText({ host, port });
    const opening = this.#open.get(name) ?? this.#reach.open?.({ host, port });
    if (opening !== undefined) this.#open.set(name, opening);
  }
}

import { Account } from "./account.js";
import { type AttachedVm, Attachment } from "./attachment.js";
import type { Audit } from "./audit.js";
import { BridgeDoor, type BridgeSession, type BridgeTools } from "./bridge.js";
import { Exchange } from "./exchange.js";
import { type FetchedPage, type FetchRequest, fetchThrough } from "./fetch-through.js";
import { HttpDoor } from "./http-door.js";
import { Openings, type Server } from "./openings.js";
import { type Connector, Outside, type Resolver } from "./outside.js";
import { type EgressPolicy, egressPolicy } from "./policy.js";
import { ProxyDoor, type ProxySession } from "./proxy.js";
import { Upstream, type UpstreamOptions } from "./upstream.js";

export interface GatewayOptions {
  /** Gets a record of everything that a VM's program asked for, refused or not. */
  audit: Audit;
  upstreams?: readonly UpstreamOptions[];
  /** What the bridge door offers; absent: nothing. */
  tools?: BridgeTools;
  /** Told when the doors of a VM cannot be served, other than by the VM's end. */
  onFailure?: (vm: string, error: unknown) => void;
  /** How names are resolved; default: by this machine's name servers. What it answers is checked all the same. */
  resolve?: Resolver;
  /** How checked addresses are connected to; default: as they are. */
  connect?: Connector;
}

/** VMs whose use is remembered after they have gone. */
const accountsKept = 4_096;
const fetchIdleMs = 30_000;

/**
 * The only way out of a VM: its programs reach a proxy and a tool bridge on loopback, and what they ask for is done here, on the host,
 * within the VM's policy. One gateway serves any number of VMs.
 *
 * ```ts
 * const gateway = new EgressGateway({ audit: (record) => log(record) });
 * await using vms = await MicroVMs.open({ home, image, gateway });
 * await vms.create({ template, egress: { allow: [{ host: "pypi.org" }, { host: "files.pythonhosted.org" }] } });
 * ```
 */
export class EgressGateway {
  readonly #audit: Audit;
  readonly #proxy: ProxyDoor;
  readonly #proxyDoor: HttpDoor<ProxySession>;
  readonly #bridgeDoor: HttpDoor<BridgeSession>;
  readonly #outside: Outside;
  readonly #openings = new Openings();
  readonly #onFailure: (vm: string, error: unknown) => void;
  /** By VM, the one used last at the end. */
  readonly #accounts = new Map<string, Account>();

  /** Throws MicroVMError `invalid_argument` for an upstream that would send its credential where it must not go. */
  constructor(o: GatewayOptions) {
    const upstreams = new Map<string, Upstream>();
    for (const options of o.upstreams ?? []) upstreams.set(options.name, new Upstream(options));
    this.#audit = o.audit;
    this.#outside = new Outside(o);
    this.#proxy = new ProxyDoor({ outside: this.#outside, openings: this.#openings, upstreams });
    this.#proxyDoor = new HttpDoor(this.#proxy);
    this.#bridgeDoor = new HttpDoor(new BridgeDoor(o.tools));
    this.#onFailure = o.onFailure ?? (() => undefined);
  }

  /** Serves the doors of a VM over an open connection until that is lost or the attachment is disposed of. */
  attach(vm: AttachedVm): Attachment {
    const policy = egressPolicy.parse(vm.policy);
    return new Attachment(
      { ...vm, policy },
      {
        account: this.#accountOf(vm.id, policy),
        proxy: this.#proxyDoor,
        bridge: this.#bridgeDoor,
        onFailure: this.#onFailure,
      },
    );
  }

  /**
   * Lets programs of a VM reach one more server, whatever its policy says, until that is disposed of, which also ends what they are saying to it. All that
   * holds for servers of the policy holds for it: its name must lead to public addresses, and the VM's rates count. It is of this VM alone, not of its
   * copies, and of this process. Throws MicroVMError `invalid_argument` for an address, a name of private use, or a wildcard.
   */
  open(vm: string, server: Server): Disposable {
    return this.#openings.open(vm, server);
  }

  /** Calls back for each server that programs of a VM ask for and that nothing allows, until it is disposed of. */
  watch(vm: string, onRefused: (server: Server) => void): Disposable {
    return this.#openings.watch(vm, onRefused);
  }

  /**
   * Fetches a page for the host itself, within a policy: redirects are followed here, each hop checked and audited under `vm`.
   * Throws Refusal.
   */
  fetchThrough(policy: EgressPolicy, request: FetchRequest & { vm: string }): Promise<FetchedPage> {
    const checked = egressPolicy.parse(policy);
    const account = this.#accountOf(request.vm, checked);
    return fetchThrough(request, {
      outside: this.#outside,
      begin: (totalMs) =>
        new Exchange({
          vm: request.vm,
          door: "proxy",
          account,
          times: { idleMs: fetchIdleMs, totalMs },
        }),
      authorize: (exchange, asked) => this.#proxy.authorize(exchange, checked, asked),
    });
  }

  /** Bytes that a VM has sent and received through this gateway. */
  bytesOf(vm: string): number {
    return this.#accounts.get(vm)?.total ?? 0;
  }

  #accountOf(vm: string, policy: EgressPolicy): Account {
    const account = this.#accounts.get(vm) ?? new Account(policy, this.#audit);
    account.policy = policy;
    this.#accounts.delete(vm);
    this.#accounts.set(vm, account);
    const [oldest] = this.#accounts.keys();
    if (this.#accounts.size > accountsKept && oldest !== undefined) this.#accounts.delete(oldest);
    return account;
  }
}

import { Resolver as NameServerClient } from "node:dns/promises";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { networkInterfaces } from "node:os";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { isPublicAddress } from "./address.js";
import { Refusal } from "./refusal.js";

/** Turns a name into all its addresses, none if there is no such name. */
export type Resolver = (name: string, signal: AbortSignal) => Promise<readonly string[]>;

/** Where a connection goes. `name` is what TLS checks the certificate against. */
export interface Destination {
  name: string;
  address: string;
  port: number;
  tls: boolean;
}

/** Opens a connection to a checked address. */
export type Connector = (to: Destination, signal: AbortSignal) => Promise<Duplex>;

const resolveMs = 5_000;
const connectMs = 10_000;
/** Addresses of one name that are tried. */
const maxTries = 3;

/** The gateway's ways to the world. Tests put servers of their own in their place; nothing else does. */
export class Outside {
  readonly #resolve: Resolver;
  readonly #connect: Connector;

  constructor(o: { resolve?: Resolver; connect?: Connector } = {}) {
    this.#resolve = o.resolve ?? askNameServer;
    this.#connect = o.connect ?? connectDirectly;
  }

  /**
   * Connects to a server by name. The name is resolved once, all its addresses are checked, and one of those is connected to: no second
   * answer of a name server can slip in between. Throws Refusal `name_not_found`, `private_address`, `unreachable`.
   */
  async open(o: { name: string; port: number; tls: boolean; signal: AbortSignal }): Promise<Duplex> {
    const { name, port, tls, signal } = o;
    const addresses = await this.#addressesOf(name, signal);
    let cause: unknown;
    for (const address of addresses.slice(0, maxTries)) {
      try {
        return await this.#connect(
          { name, address, port, tls },
          AbortSignal.any([signal, AbortSignal.timeout(connectMs)]),
        );
      } catch (error) {
        signal.throwIfAborted();
        cause = error;
      }
    }
    throw new Refusal("unreachable", `${name}:${port} cannot be reached${reasonOf(cause)}; try again later.`, {
      cause,
    });
  }

  async #addressesOf(name: string, signal: AbortSignal): Promise<readonly string[]> {
    let addresses: readonly string[];
    try {
      addresses = await this.#resolve(name, AbortSignal.any([signal, AbortSignal.timeout(resolveMs)]));
    } catch (cause) {
      signal.throwIfAborted();
      throw new Refusal("name_not_found", `No name server knows ${name} now; check the name or try again later.`, {
        cause,
      });
    }
    if (addresses.length === 0) throw new Refusal("name_not_found", `There is no server ${name}; check the name.`);
    // One private address among several refuses them all: whoever answers so is not to be trusted with the others.
    if (addresses.every((address) => isPublicAddress(address) && !isOwnAddress(address))) return addresses;
    throw new Refusal("private_address", `${name} is not on the public internet; only public servers can be reached.`);
  }
}

/** True for an address of this host: what listens there is not meant for its VMs, however public the address is. */
function isOwnAddress(address: string): boolean {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some((own) => own.address === address);
}

/**
 * Asks the name servers of this machine, not its hosts file: what that says is of this machine alone. Unlike getaddrinfo it takes none of
 * the few threads that file access needs too, so that slow names of one VM slow nobody else.
 */
const askNameServer: Resolver = async (name, signal) => {
  const client = new NameServerClient({ timeout: 2_000, tries: 2 });
  const cancel = () => client.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const [v4, v6] = await Promise.allSettled([client.resolve4(name), client.resolve6(name)]);
    const found = [v4, v6].flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (found.length === 0 && v4.status === "rejected" && !isNoName(v4.reason)) throw v4.reason;
    return found;
  } finally {
    signal.removeEventListener("abort", cancel);
  }
};

function isNoName(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOTFOUND" || error.code === "ENODATA");
}

const connectDirectly: Connector = async ({ name, address, port, tls }, signal) => {
  const socket = connectTcp({ host: address, port, noDelay: true });
  try {
    await once(socket, "connect", { signal });
    if (!tls) return socket;
    // Said here too, so that no variable of the environment turns the check of certificates off.
    const secure = connectTls({ socket, servername: name, rejectUnauthorized: true, ALPNProtocols: ["http/1.1"] });
    await once(secure, "secureConnect", { signal });
    return secure;
  } catch (error) {
    socket.destroy();
    throw error;
  }
};

/** Only codes: a message may hold addresses that are nobody's business in the VM. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if (error.name === "AbortError" || error.name === "TimeoutError") return " (no answer)";
  return "code" in error && /^[A-Z_]{3,40}$/.test(String(error.code)) ? ` (${error.code})` : "";
}

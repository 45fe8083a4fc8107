import { HttpError } from "./http.js";
import { addressIn, type Chain, type Read } from "./rpc.js";

/** Who holds the right of an owner, as far as the chain says. */
export interface Keyholder {
  readonly address: string;
  readonly kind: "single key" | "multisig" | "timelock" | "contract" | "nobody";
  /** `3 of 5`, `2 days` */
  readonly detail: string;
  readonly reads: readonly Read[];
}

const THRESHOLD = "getThreshold()=e75235b8";
const OWNERS = "getOwners()=a0e67e2b";
const MIN_DELAY = "getMinDelay()=f27a0c92";
const DELAY = "delay()=6a42b8f8";
const OWNER = "owner()=8da5cb5b";

/** EIP-1967 */
const IMPLEMENTATION = "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc";
const ADMIN = "0xb53127684a568b3173ae13b9f8a6016e243e63b6e8ee1178d6a717850b5d6103";

/** The owner of a contract, the admin of its proxy and its implementation; each undefined where it has none. */
export async function rolesOf(chain: Chain, contract: string) {
  const [owner, admin, implementation] = await Promise.all([
    asked(chain, contract, OWNER),
    chain.slot(contract, ADMIN),
    chain.slot(contract, IMPLEMENTATION),
  ]);
  const of = (read: Read | undefined) => {
    const address = read && addressIn(read.result);
    return read && address ? { address, read } : undefined;
  };
  return { owner: of(owner), admin: of(admin), implementation: of(implementation) };
}

/** Owners of owners that are asked for: a proxy's admin is a contract that has one. */
const MOST_STEPS = 3;

/**
 * A key, a multisig, a timelock, or some contract; of one that has an owner of its own, such as a ProxyAdmin, who that is. A contract may say that
 * it is one: who counts on it reads its code.
 */
export async function keyholder(chain: Chain, address: string, steps = 0): Promise<Keyholder> {
  const code = await chain.code(address);
  if (/^0x0{40}$/.test(address)) return { address, kind: "nobody", detail: "given up", reads: [] };
  // An account that has delegated (EIP-7702) is still one key.
  if (code.result === "0x" || /^0xef0100/i.test(code.result))
    return { address, kind: "single key", detail: "an account without code", reads: [code] };
  const threshold = await asked(chain, address, THRESHOLD);
  const owners = threshold && (await asked(chain, address, OWNERS));
  if (threshold && owners) {
    const count = Math.floor((owners.result.length - 2) / 64) - 2;
    return {
      address,
      kind: "multisig",
      detail: `${Number(threshold.result)} of ${count}`,
      reads: [code, threshold, owners],
    };
  }
  const delay = (await asked(chain, address, MIN_DELAY)) ?? (await asked(chain, address, DELAY));
  if (delay)
    return {
      address,
      kind: "timelock",
      detail: `${(Number(delay.result) / 86_400).toFixed(1)} days`,
      reads: [code, delay],
    };
  const owner = steps < MOST_STEPS ? await asked(chain, address, OWNER) : undefined;
  const next = owner && addressIn(owner.result);
  if (owner === undefined || next === undefined)
    return { address, kind: "contract", detail: "of an unknown kind", reads: [code] };
  const held = await keyholder(chain, next, steps + 1);
  const detail = `${held.detail}; a contract that belongs to ${held.address}`;
  return { address, kind: held.kind, detail, reads: [code, owner, ...held.reads] };
}

/** What a method answers; undefined: there is no such method. */
async function asked(chain: Chain, address: string, selector: string): Promise<Read | undefined> {
  try {
    const read = await chain.call(address, selector);
    return read.result.length >= 66 ? read : undefined;
  } catch (error) {
    if (error instanceof HttpError && /refuses/.test(error.message)) return undefined;
    throw error;
  }
}

import { HttpError } from "./http.js";
import type { Chain, Read } from "./rpc.js";

/** When a contract was made, as far as the node remembers. */
export interface Age {
  /** The first block after which there was code at the address. */
  readonly created: number;
  readonly days: number;
  readonly read: Read;
}

/**
 * Looks for the block in which a contract was made: between two blocks, one without its code and one with it, the one in the middle is asked,
 * some 25 times. A sentence where the node keeps no such history, or there is no code.
 */
export async function ageOf(chain: Chain, contract: string): Promise<Age | string> {
  try {
    const hasCode = async (block: number) => (await chain.code(contract, block)).result !== "0x";
    if (!(await hasCode(chain.block))) return "There is no code at the address.";
    let [without, withCode] = [-1, chain.block];
    while (withCode - without > 1) {
      const middle = Math.floor((without + withCode) / 2);
      if (await hasCode(middle)) withCode = middle;
      else without = middle;
    }
    return await ageFrom(chain, contract, withCode);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return `Its age is not known, for the node keeps no history (${error.message}); give the block with --created.`;
  }
}

/** The age of a contract that was made in a block. */
export async function ageFrom(chain: Chain, contract: string, created: number): Promise<Age | string> {
  const [made, now] = await Promise.all([chain.timeOf(created), chain.timeOf(chain.block)]);
  if (made === undefined || now === undefined) return `There is no block ${created} on this chain.`;
  return { created, days: (now - made) / 86_400, read: await chain.code(contract, created) };
}

import { z } from "zod";
import { HttpError } from "../chain/http.js";
import type { Chain, Log } from "../chain/rpc.js";

/** More than this apart is flagged, as a share of the larger one. */
export const APART = 0.1;

const Address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);

/** Pools of an exchange whose trades are to be counted, each by the amounts of one of its two tokens. */
export const Pool = z.object({
  label: z.string(),
  pool: Address,
  /** Whose `Swap` event it has: Uniswap's v2 or v3, and those that are made like them. */
  kind: z.enum(["v2", "v3"]),
  /** The token that is counted: `token0` or `token1` of the pool. */
  token: z.union([z.literal(0), z.literal(1)]),
  decimals: z.int().min(0).max(77),
  priceUsd: z.number().nonnegative(),
  priceFrom: z.string().min(1),
});
export type Pool = z.infer<typeof Pool>;

export interface Traded {
  /** USD of a day, as it is said and as it was counted. */
  readonly said: number;
  readonly counted: number;
  /** Share of the larger one. */
  readonly apart: number;
  readonly flagged: boolean;
  readonly reads: readonly {
    readonly label: string;
    readonly usd: number;
    readonly trades: number;
    readonly call: string;
    readonly block: number;
    readonly priceFrom: string;
  }[];
}

/** keccak256 of `Swap(address,uint256,uint256,uint256,uint256,address)` and `Swap(address,address,int256,int256,uint160,uint128,int24)`. */
const TOPICS = {
  v2: "0xd78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822",
  v3: "0xc42079f94a6350d7e6235f29174924f928cc2ac818eb64fed8004e115fbcca67",
};
const DAY_S = 86_400;
/** Blocks of one question to begin with; nodes allow from a thousand on. */
const BLOCKS_AT_ONCE = 10_000;
const FEWEST_BLOCKS = 500;
const MOST_QUESTIONS = 300;

/** Counts on the chain what is said to have been traded in the last day. Throws HttpError. */
export async function tradedOn(chain: Chain, pools: readonly Pool[], said: number): Promise<Traded> {
  const from = await blockBefore(chain, DAY_S);
  const reads = [];
  for (const pool of pools) {
    const logs = await swapsOf(chain, pool, from);
    const units = logs.reduce((sum, log) => sum + amountIn(log, pool), 0n);
    // Whole units first: amounts are larger than a number is exact.
    const amount = Number((units * 1_000_000n) / 10n ** BigInt(pool.decimals)) / 1_000_000;
    const call = `eth_getLogs ${pool.pool} Swap from block ${from}`;
    const { label, priceFrom } = pool;
    reads.push({ label, usd: amount * pool.priceUsd, trades: logs.length, call, block: chain.block, priceFrom });
  }
  const counted = reads.reduce((sum, read) => sum + read.usd, 0);
  const larger = Math.max(said, counted);
  const apart = larger === 0 ? 0 : Math.abs(said - counted) / larger;
  return { said, counted, apart, flagged: apart > APART, reads };
}

/** The first block that is no more than so many seconds older than the last one. */
async function blockBefore(chain: Chain, seconds: number): Promise<number> {
  const timeOf = async (block: number) => {
    const time = await chain.timeOf(block);
    if (time === undefined) throw new HttpError(`The node has no block ${block}.`);
    return time;
  };
  const oldest = (await timeOf(chain.block)) - seconds;
  let [before, after] = [-1, chain.block];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if ((await timeOf(middle)) >= oldest) after = middle;
    else before = middle;
  }
  return after;
}

/** All trades of a pool from a block on, in as many questions as the node wants. */
async function swapsOf(chain: Chain, { pool, kind }: Pool, from: number): Promise<Log[]> {
  const logs: Log[] = [];
  let size = BLOCKS_AT_ONCE;
  let questions = 0;
  for (let at = from; at <= chain.block; ) {
    if (++questions > MOST_QUESTIONS)
      throw new HttpError(
        `The trades of ${pool} take more than ${MOST_QUESTIONS} questions to this node: use another.`,
      );
    const to = Math.min(chain.block, at + size - 1);
    try {
      logs.push(...(await chain.logs({ address: pool, topic: TOPICS[kind], from: at, to })));
      at = to + 1;
    } catch (error) {
      if (!(error instanceof HttpError) || size <= FEWEST_BLOCKS) throw error;
      size = Math.floor(size / 4);
    }
  }
  return logs;
}

/** How much of the counted token a trade moved, in its smallest units. */
function amountIn({ data }: Log, { kind, token }: Pool): bigint {
  const word = (at: number) => BigInt(`0x${data.slice(2 + 64 * at, 66 + 64 * at).padEnd(64, "0")}`);
  if (kind === "v3") {
    const amount = BigInt.asIntN(256, word(token));
    return amount < 0n ? -amount : amount;
  }
  const [given, taken] = [word(token), word(token + 2)];
  return given > taken ? given : taken;
}

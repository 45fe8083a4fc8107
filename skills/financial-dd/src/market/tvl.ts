import { z } from "zod";
import { HttpError, json } from "../chain/http.js";
import { addressWord, type Chain, type Read } from "../chain/rpc.js";
import { APART, Pool } from "./volume.js";

const Protocol = z.object({
  name: z.string(),
  listedAt: z.number().nullish(),
  currentChainTvls: z.record(z.string(), z.number()),
});
const Overview = z.object({
  protocols: z.array(
    z.object({
      name: z.string().nullish(),
      slug: z.string().nullish(),
      total24h: z.number().nullish(),
      total7d: z.number().nullish(),
    }),
  ),
});

export const Holdings = z.object({
  /** What a contract of the protocol holds, with the price that it is counted at and where that comes from. */
  holdings: z.array(
    z.object({
      label: z.string(),
      token: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
      holder: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
      decimals: z.int().min(0).max(77),
      priceUsd: z.number().nonnegative(),
      priceFrom: z.string().min(1),
    }),
  ),
  /** What of an exchange's volume is to be counted. */
  pools: z.array(Pool).optional(),
});
export type Holdings = z.infer<typeof Holdings>;

export interface Tvl {
  readonly name: string;
  /** By chain, in USD, without what is counted elsewhere too. */
  readonly chains: Readonly<Record<string, number>>;
  readonly total: number;
  /** Staking, borrowed and the like: double counted, so left out. */
  readonly leftOut: Readonly<Record<string, number>>;
  readonly from: string;
}

const DOUBLE = /(^|-)(staking|borrowed|pool2|vesting|offers|treasury|doublecounted|liquidstaking|dcAndLsOverlap)$/i;

/** Throws HttpError. */
export async function tvlOf(api: string, slug: string): Promise<Tvl> {
  const from = `${api}/protocol/${encodeURIComponent(slug)}`;
  const found = Protocol.safeParse(await json(from));
  if (!found.success)
    throw new HttpError(`${from} knows no protocol ${slug}; look its slug up under ${api}/protocols.`);
  const all = Object.entries(found.data.currentChainTvls);
  const chains = Object.fromEntries(all.filter(([key]) => !DOUBLE.test(key)));
  const total = Object.values(chains).reduce((a, b) => a + b, 0);
  return {
    name: found.data.name,
    chains,
    total,
    leftOut: Object.fromEntries(all.filter(([key]) => DOUBLE.test(key))),
    from,
  };
}

/** What an exchange has traded on a chain, in USD; undefined: it is not listed there. */
export async function volumeOf(api: string, o: { chain: string; slug: string; name: string }) {
  const from = `${api}/overview/dexs/${encodeURIComponent(o.chain)}?excludeTotalDataChart=true&excludeTotalDataChartBreakdown=true`;
  const { protocols } = Overview.parse(await json(from));
  const wanted = new Set([o.slug, o.name].map(plain));
  const found = protocols.find((p) => wanted.has(plain(p.slug ?? "")) || wanted.has(plain(p.name ?? "")));
  return found ? { day: found.total24h ?? undefined, week: found.total7d ?? undefined, from } : undefined;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

export interface Comparison {
  readonly said: number;
  readonly counted: number;
  /** Share of the larger one. */
  readonly apart: number;
  readonly flagged: boolean;
  readonly reads: readonly (Read & { readonly label: string; readonly usd: number; readonly priceFrom: string })[];
}

/** Counts on the chain what is said to be there. */
export async function countedOn(chain: Chain, { holdings }: Holdings, said: number): Promise<Comparison> {
  const reads = [];
  for (const { label, token, holder, decimals, priceUsd, priceFrom } of holdings) {
    const read = await chain.call(token, "balanceOf(address)=70a08231", [addressWord(holder)]);
    if (read.result.length < 66)
      throw new HttpError(`${token} is no token on this chain: balanceOf gave ${read.result}.`);
    // Whole units first: amounts are larger than a number is exact.
    const amount = Number((BigInt(read.result) * 1_000_000n) / 10n ** BigInt(decimals)) / 1_000_000;
    reads.push({ ...read, label, usd: amount * priceUsd, priceFrom });
  }
  const counted = reads.reduce((sum, read) => sum + read.usd, 0);
  const larger = Math.max(said, counted);
  const apart = larger === 0 ? 0 : Math.abs(said - counted) / larger;
  return { said, counted, apart, flagged: apart > APART, reads };
}

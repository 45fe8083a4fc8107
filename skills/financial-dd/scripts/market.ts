/** TVL and volume of a protocol, what of it is on the chain, and how few hold a token. */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { Chain } from "../src/chain/rpc.js";
import { concentrationOf } from "../src/market/holders.js";
import { countedOn, Holdings, tvlOf, volumeOf } from "../src/market/tvl.js";
import { APART, tradedOn } from "../src/market/volume.js";
import { run } from "../src/program.js";

const USAGE = `Usage: node market.mjs [--slug SLUG [--chain NAME] [--rpc URL --holdings FILE]] [--holders FILE [--supply N] [--holders-source ID]] [--api URL] [--json]
  --slug      the protocol's name in DefiLlama's addresses
  --chain     compare this chain's part, and give the volume on it
  --holdings  JSON {"holdings": [{label, token, holder, decimals, priceUsd, priceFrom}]}: what to count on the chain; for a day's volume
              "pools": [{label, pool, kind: "v2"|"v3", token: 0|1, decimals, priceUsd, priceFrom}]
  --holders   CSV "address,balance" or JSON [{address, balance}]; --supply in the same unit
  --api       instead of https://api.llama.fi
Exit code 0: no difference over ${100 * APART} %; 1: a difference; 2: wrong call, or somebody does not answer.`;

await run(async () => {
  const { values } = parseArgs({
    options: {
      slug: { type: "string" },
      chain: { type: "string" },
      rpc: { type: "string" },
      holdings: { type: "string" },
      holders: { type: "string" },
      supply: { type: "string" },
      "holders-source": { type: "string" },
      api: { type: "string" },
      json: { type: "boolean" },
    },
  });
  const { slug, chain, rpc, holdings, holders } = values;
  if ((!slug && !holders) || Boolean(rpc) !== Boolean(holdings) || (rpc && !slug)) throw new Error(USAGE);
  const api = values.api ?? "https://api.llama.fi";
  const tvl = slug ? await tvlOf(api, slug) : undefined;
  if (tvl && chain && tvl.chains[chain] === undefined)
    throw new Error(
      `${tvl.name} has nothing on ${chain} in DefiLlama; it is on ${Object.keys(tvl.chains).join(", ") || "no chain"}.`,
    );
  const volume = tvl && slug && chain ? await volumeOf(api, { chain, slug, name: tvl.name }) : undefined;
  const said = tvl && (chain ? tvl.chains[chain] : tvl.total);
  const counted = rpc && holdings && said !== undefined;
  const wanted = counted ? Holdings.parse(JSON.parse(await readFile(holdings, "utf8"))) : undefined;
  const node = counted ? await Chain.at(rpc) : undefined;
  const comparison =
    node && wanted && said !== undefined && wanted.holdings.length > 0
      ? await countedOn(node, wanted, said)
      : undefined;
  const traded =
    node && wanted?.pools && volume?.day !== undefined ? await tradedOn(node, wanted.pools, volume.day) : undefined;
  const supply = values.supply === undefined ? undefined : BigInt(values.supply) * 1_000_000n;
  const concentration = holders
    ? {
        ...concentrationOf(await readFile(holders, "utf8"), supply),
        from: values["holders-source"] ? `[${values["holders-source"]}]` : holders,
      }
    : undefined;
  const report = { kind: "market" as const, tvl, volume, comparison, traded, concentration };
  const usd = (amount: number | undefined) =>
    amount === undefined ? "not known" : `${Math.round(amount).toLocaleString("en-US")} USD`;
  const text = [
    ...(tvl
      ? [
          `TVL of ${tvl.name}: ${usd(tvl.total)} (${tvl.from}); left out as counted twice: ${
            Object.entries(tvl.leftOut)
              .map(([key, amount]) => `${key} ${usd(amount)}`)
              .join(", ") || "nothing"
          }`,
        ]
      : []),
    ...(volume
      ? [`Volume on ${chain}: ${usd(volume.day)} in a day, ${usd(volume.week)} in a week (${volume.from})`]
      : []),
    ...(comparison
      ? [
          `Counted on the chain: ${usd(comparison.counted)} of ${usd(comparison.said)}, ${(100 * comparison.apart).toFixed(1)} % apart${comparison.flagged ? ": FLAGGED" : ""}`,
        ]
      : []),
    ...(comparison?.reads.map(
      (read) => `  ${read.label}: ${usd(read.usd)}, block ${read.block}: ${read.call}; price from ${read.priceFrom}`,
    ) ?? []),
    ...(traded
      ? [
          `Traded on the chain in a day: ${usd(traded.counted)} of ${usd(traded.said)}, ${(100 * traded.apart).toFixed(1)} % apart${traded.flagged ? ": FLAGGED" : ""}`,
        ]
      : []),
    ...(traded?.reads.map(
      (read) =>
        `  ${read.label}: ${usd(read.usd)} in ${read.trades} trades, block ${read.block}: ${read.call}; price from ${read.priceFrom}`,
    ) ?? []),
    ...(concentration
      ? [
          `${concentration.holders} holders; the largest ${(100 * concentration.largest).toFixed(1)} %, ten ${(100 * concentration.ten).toFixed(1)} %, Herfindahl ${concentration.herfindahl.toFixed(3)}`,
        ]
      : []),
  ].join("\n");
  return {
    text: values.json ? JSON.stringify(report, null, 2) : text,
    code: comparison?.flagged || traded?.flagged ? 1 : 0,
  };
});

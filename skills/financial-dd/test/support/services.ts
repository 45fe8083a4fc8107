import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export const TOKEN = `0x${"11".repeat(20)}`;
export const SAFE = `0x${"22".repeat(20)}`;
export const KEY = `0x${"33".repeat(20)}`;
export const PROXY = `0x${"44".repeat(20)}`;
const POOL = `0x${"55".repeat(20)}`;
export const ADMIN = `0x${"66".repeat(20)}`;
const BLOCK = 500;
/** Of 5,184 s each, so that the last one is thirty days after the first. */
const BLOCK_S = 5_184;
/** Before it there is no code at the address of the proxy. */
const MADE = 100;

/** What to count on the chain: the node's figure is a fifth below DefiLlama's. */
export const HOLDINGS = JSON.stringify({
  holdings: [{ label: "USDC in the pool", token: TOKEN, holder: PROXY, decimals: 6, priceUsd: 1, priceFrom: "[S2]" }],
  pools: [{ label: "USDC/ETH", pool: POOL, kind: "v3", token: 1, decimals: 6, priceUsd: 1, priceFrom: "[S2]" }],
});

/** A node (at `/rpc`) with a token, a multisig and a proxy, and DefiLlama with one protocol, on a port of this machine. */
export async function testServices(): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    const path = request.url ?? "";
    const result = answer(path, text ? JSON.parse(text) : {});
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(path === "/rpc" ? ofNode(result) : result));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function answer(path: string, body: { method: string; params: { to?: string; data?: string }[] & string[] }): unknown {
  if (path.startsWith("/protocol/pool"))
    return { name: "Pool", currentChainTvls: { Base: 1_000_000, "Base-staking": 400_000, borrowed: 900_000 } };
  if (path.startsWith("/protocol/")) return { message: "not found" };
  if (path.startsWith("/overview/dexs/Base"))
    return { protocols: [{ name: "Pool", total24h: 5_000, total7d: 30_000 }] };
  const { method, params } = body;
  const call = `${params[0]?.to ?? params[0]} ${params[0]?.data?.slice(2, 10) ?? params[1] ?? ""}`;
  if (method === "eth_chainId") return "0x2105";
  if (method === "eth_blockNumber") return `0x${BLOCK.toString(16)}`;
  if (method === "eth_getBlockByNumber") return { timestamp: `0x${(Number(params[0]) * BLOCK_S).toString(16)}` };
  if (method === "eth_getCode") return params[0] === KEY || Number(params[1]) < MADE ? "0x" : "0x6001";
  // Two trades of the last day, one each way: amount0 and amount1, signed.
  if (method === "eth_getLogs")
    return [1_500n, -2_500n].map((usd) => ({
      blockNumber: "0x1f3",
      data: `0x${word("1").slice(2)}${BigInt.asUintN(256, usd * 1_000_000n)
        .toString(16)
        .padStart(64, "0")}`,
    }));
  if (method === "eth_getStorageAt")
    return params[0] === PROXY && String(params[1]).startsWith("0xb531") ? word(ADMIN) : word("0");
  if (call === `${TOKEN} 70a08231`) return word((800_000n * 10n ** 6n).toString(16));
  if (call === `${PROXY} 8da5cb5b`) return word(SAFE);
  if (call === `${ADMIN} 8da5cb5b`) return word(KEY);
  if (call === `${SAFE} e75235b8`) return word("3");
  if (call === `${SAFE} a0e67e2b`)
    return `0x${["20", "5", "1", "2", "3", "4", "5"].map((w) => w.padStart(64, "0")).join("")}`;
  return undefined;
}

function ofNode(result: unknown): unknown {
  return result === undefined ? { error: { message: "execution reverted" } } : { jsonrpc: "2.0", id: 1, result };
}

function word(text: string): string {
  return `0x${text.replace(/^0x/, "").padStart(64, "0")}`;
}

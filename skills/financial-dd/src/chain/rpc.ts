import { z } from "zod";
import { HttpError, json } from "./http.js";

const Answer = z.object({ result: z.unknown().optional(), error: z.object({ message: z.string() }).optional() });
const Hex = z.string().regex(/^0x[0-9a-fA-F]*$/);

/** What a call said at a block: evidence that somebody else can ask for again. */
export interface Read {
  /** `eth_call 0xA0b8….balanceOf(0x12…)` */
  readonly call: string;
  readonly block: number;
  readonly result: string;
}

const Log = z.object({ data: Hex, blockNumber: Hex, removed: z.boolean().optional() });
/** What a contract has written down in a transaction. */
export type Log = z.infer<typeof Log>;

/** A chain's node, always asked about the same block. */
export class Chain {
  readonly #url: string;
  readonly block: number;
  readonly chainId: number;

  private constructor(url: string, chainId: number, block: number) {
    this.#url = url;
    this.chainId = chainId;
    this.block = block;
  }

  /** Throws {@link HttpError}. */
  static async at(url: string): Promise<Chain> {
    const id = Hex.parse(await asked(url, "eth_chainId", []));
    const block = Hex.parse(await asked(url, "eth_blockNumber", []));
    return new Chain(url, Number(id), Number(block));
  }

  /** @param selector with what it means: `balanceOf(address)=70a08231`; arguments as 32-byte words without 0x */
  async call(to: string, selector: string, words: readonly string[] = []): Promise<Read> {
    const [name = "", id = ""] = selector.split("=");
    const result = await this.#ask("eth_call", [{ to, data: `0x${id}${words.join("")}` }, this.#tag]);
    return {
      call: `eth_call ${to} ${name}${words.length > 0 ? ` [${words.map(short).join(", ")}]` : ""}`,
      block: this.block,
      result,
    };
  }

  /** @param block default: that of everything else */
  async code(address: string, block = this.block): Promise<Read> {
    const result = await this.#ask("eth_getCode", [address, `0x${block.toString(16)}`]);
    return { call: `eth_getCode ${address}`, block, result };
  }

  /** What a contract has written down under a topic, in blocks `from` to `to`. Nodes refuse what is too much for them. */
  async logs(o: { address: string; topic: string; from: number; to: number }): Promise<Log[]> {
    const [fromBlock, toBlock] = [o.from, o.to].map((block) => `0x${block.toString(16)}`);
    const filter = { address: o.address, topics: [o.topic], fromBlock, toBlock };
    const found = z.array(Log).parse(await asked(this.#url, "eth_getLogs", [filter]));
    return found.filter(({ removed }) => removed !== true);
  }

  async slot(address: string, slot: string): Promise<Read> {
    return {
      call: `eth_getStorageAt ${address} ${slot}`,
      block: this.block,
      result: await this.#ask("eth_getStorageAt", [address, slot, this.#tag]),
    };
  }

  /** When a block was made, in seconds since 1970; undefined: there is no such block. */
  async timeOf(block: number): Promise<number | undefined> {
    const answer = z
      .object({ timestamp: Hex })
      .nullable()
      .parse(await asked(this.#url, "eth_getBlockByNumber", [`0x${block.toString(16)}`, false]));
    return answer ? Number(answer.timestamp) : undefined;
  }

  get #tag(): string {
    return `0x${this.block.toString(16)}`;
  }

  async #ask(method: string, params: readonly unknown[]): Promise<string> {
    return Hex.parse(await asked(this.#url, method, params));
  }
}

async function asked(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const answer = Answer.parse(await json(url, { jsonrpc: "2.0", id: 1, method, params }));
  if (answer.error) throw new HttpError(`The node refuses ${method}: ${answer.error.message}`);
  return answer.result;
}

export function addressWord(address: string): string {
  return address.toLowerCase().replace(/^0x/, "").padStart(64, "0");
}

/** The address in a word of 32 bytes; undefined: none, or the zero address. */
export function addressIn(word: string): string | undefined {
  const found = /^0x0{24}([0-9a-f]{40})$/i.exec(word)?.[1];
  return found && !/^0+$/.test(found) ? `0x${found}` : undefined;
}

function short(word: string): string {
  return `0x${word.replace(/^0+/, "") || "0"}`;
}

import { InputError } from "../solidity/project.js";

/** How few hold how much. */
export interface Concentration {
  readonly holders: number;
  /** Shares of the supply, 0 to 1. */
  readonly largest: number;
  readonly ten: number;
  /** Sum of squares of the shares: 1 is one holder. */
  readonly herfindahl: number;
}

/** Reads `address,balance` lines, or JSON `[{address, balance}]`; balances as plain numbers of any size. Throws {@link InputError}. */
export function concentrationOf(text: string, supply?: bigint): Concentration {
  const balances = (text.trimStart().startsWith("[") ? fromJson(text) : fromCsv(text))
    .filter((balance) => balance > 0n)
    .sort((a, b) => (a < b ? 1 : -1));
  const listed = balances.reduce((a, b) => a + b, 0n);
  const total = supply ?? listed;
  if (balances.length === 0 || total <= 0n)
    throw new InputError("The list of holders has no balance; it needs lines of address,balance.");
  if (listed > total)
    throw new InputError("The holders have more than the supply; give balances and supply in the same unit.");
  const share = (part: bigint) => Number((part * 1_000_000n) / total) / 1_000_000;
  const shares = balances.map(share);
  return {
    holders: balances.length,
    largest: shares[0] ?? 0,
    ten: share(balances.slice(0, 10).reduce((a, b) => a + b, 0n)),
    herfindahl: shares.reduce((sum, part) => sum + part * part, 0),
  };
}

function fromCsv(text: string): bigint[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [address = "", balance = ""] = line.split(/[,;\t]/).map((part) => part.trim().replace(/^"|"$/g, ""));
    return /^0x[0-9a-fA-F]{40}$/.test(address) ? [amountOf(balance)] : [];
  });
}

function fromJson(text: string): bigint[] {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch (cause) {
    throw new InputError("The list of holders is no JSON; it needs [{address, balance}].", { cause });
  }
  return Array.isArray(rows) ? rows.map((row: { balance?: unknown }) => amountOf(String(row?.balance ?? ""))) : [];
}

/** With at most 6 decimals; all are scaled alike. */
function amountOf(text: string): bigint {
  const [, whole, part = ""] = /^(\d+)(?:\.(\d+))?$/.exec(text.replace(/[_']/g, "")) ?? [];
  if (whole === undefined)
    throw new InputError(`"${text.slice(0, 40)}" is no balance; give plain numbers without thousands separators.`);
  return BigInt(whole) * 1_000_000n + BigInt(part.slice(0, 6).padEnd(6, "0"));
}

import { setTimeout as delay } from "node:timers/promises";
import type { MicroVM } from "../../src/index.js";

/** What an attack may do to the round trips of a VM that has nothing to do with it, in milliseconds. */
export const worstNeighbourP99 = 200;

const betweenPingsMs = 10;

/** Pings `neighbour` all through `attack`; what the attack came to, and the 99th percentile of the round trips in milliseconds. */
export async function underAttack<T>(
  neighbour: MicroVM,
  attack: () => Promise<T>,
): Promise<{ result: T; p99: number }> {
  const roundTrips: number[] = [];
  let isOver = false;
  const pinging = (async () => {
    while (!isOver) {
      roundTrips.push(await neighbour.ping());
      await delay(betweenPingsMs);
    }
  })();
  try {
    return { result: await attack(), p99: await end() };
  } finally {
    await end();
  }

  async function end(): Promise<number> {
    isOver = true;
    await pinging;
    return percentile(roundTrips, 0.99);
  }
}

function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

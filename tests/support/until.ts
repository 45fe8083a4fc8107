import { setTimeout as sleep } from "node:timers/promises";

/** Asks `probe` every 50 ms until it answers with something; throws after `timeoutMs`. */
export async function until<T>(probe: () => Promise<T | undefined | false>, timeoutMs: number): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const answer = await probe();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(50);
  }
  throw new Error(`Nothing came within ${timeoutMs} ms.`);
}

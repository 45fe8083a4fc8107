/**
 * The result of `work`, or undefined when it takes too long; then its signal is aborted, and what it still comes to is nobody's.
 * @param ms from now; infinite for no deadline
 * @param outer aborts `work` too
 * @param over is the end of it too; default: only `ms` is
 */
export async function withDeadline<T>(
  ms: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
  over?: AbortSignal,
): Promise<T | undefined> {
  const ending = new AbortController();
  const signal = outer === undefined ? ending.signal : AbortSignal.any([outer, ending.signal]);
  const working = work(signal);
  if (!Number.isFinite(ms) && over === undefined) return await working;
  let end = (): void => undefined;
  const isOver = new Promise<undefined>((resolve) => {
    end = () => resolve(undefined);
  });
  // A timer may be a millisecond early, and whoever looks at the time then would find that there is some left.
  const timer = setTimeout(end, Math.max(0, Math.min(Math.ceil(ms) + 1, MOST_MS)));
  over?.addEventListener("abort", end, { once: true });
  if (over?.aborted) end();
  try {
    return await Promise.race([working, isOver]);
  } finally {
    clearTimeout(timer);
    over?.removeEventListener("abort", end);
    ending.abort();
    // It was given up: however it ends, nobody waits for it.
    working.catch(() => undefined);
  }
}

/** The longest that a timer can wait. */
const MOST_MS = 2 ** 31 - 1;

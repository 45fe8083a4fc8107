/**
 * The result of `work`, or undefined when it takes too long; then its signal is aborted, and what it still comes to is nobody's.
 * @param ms from now; infinite for no deadline
 * @param outer aborts `work` too
 */
export async function withDeadline<T>(
  ms: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const ending = new AbortController();
  const signal = outer === undefined ? ending.signal : AbortSignal.any([outer, ending.signal]);
  const working = work(signal);
  if (!Number.isFinite(ms)) return await working;
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    // A timer may be a millisecond early, and whoever looks at the time then would find that there is some left.
    timer = setTimeout(() => resolve(undefined), Math.max(0, Math.min(Math.ceil(ms) + 1, MOST_MS)));
  });
  try {
    return await Promise.race([working, over]);
  } finally {
    clearTimeout(timer);
    ending.abort();
    // It was given up: however it ends, nobody waits for it.
    working.catch(() => undefined);
  }
}

/** The longest that a timer can wait. */
const MOST_MS = 2 ** 31 - 1;

/**
 * A step: `{ name, current(context), make(context, { log, signal }) }`. `current` is cheap and resolves with the step's
 * result if there is nothing to do, else `undefined`; `make` does it and resolves with the result.
 * A plan: a map from each step to the steps it needs.
 */

/** The results of the steps that are current, by step. */
export async function look(plan, context) {
  const found = new Map();
  await Promise.all(
    [...plan.keys()].map(async (step) => {
      const result = await step.current(context);
      if (result !== undefined) found.set(step, result);
    }),
  );
  return found;
}

/**
 * Makes every step that is not current, each as soon as what it needs is there, side by side where nothing forbids it.
 * When one fails the others are ended; resolves or rejects when all have come to rest.
 * @returns results by step
 */
export async function make(plan, context, { progress, log, signal }) {
  const failure = new AbortController();
  const both = AbortSignal.any([signal, failure.signal]);
  const running = new Map();
  const start = (step) => {
    const known = running.get(step);
    if (known) return known;
    const promise = (async () => {
      await Promise.all(plan.get(step).map(start));
      both.throwIfAborted();
      const found = await step.current(context);
      if (found !== undefined) return found;
      progress.start(step.name);
      try {
        const result = await step.make(context, {
          signal: both,
          log: (line) => {
            progress.line(step.name, line);
            log(`${step.name}: ${line}`);
          },
        });
        progress.end(step.name);
        return result;
      } catch (error) {
        progress.end(step.name, "failed");
        failure.abort(error);
        throw error;
      }
    })();
    running.set(step, promise);
    return promise;
  };
  const steps = [...plan.keys()];
  const outcomes = await Promise.allSettled(steps.map(start));
  signal.throwIfAborted();
  if (failure.signal.aborted) throw failure.signal.reason;
  return new Map(steps.map((step, i) => [step, outcomes[i].value]));
}

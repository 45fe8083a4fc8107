/**
 * One row of a benchmark. `bar` is what the figure must stay within: `{ atMost: n }`, `{ atLeast: n }` or null.
 * `against` is a baseline of the same run.
 */
export function row(name, value, unit, bar, against) {
  const figure = rounded(value);
  const atMost = bar?.atMost ?? Number.POSITIVE_INFINITY;
  const atLeast = bar?.atLeast ?? Number.NEGATIVE_INFINITY;
  const text = bar === null || bar === undefined ? null : rounded(bar.atMost ?? bar.atLeast);
  const sense = bar?.atLeast === undefined ? "at most" : "at least";
  const baseline = against && { ...against, value: rounded(against.value) };
  return {
    name,
    value: figure,
    unit,
    bar: text,
    sense,
    holds: figure <= atMost && figure >= atLeast,
    against: baseline,
  };
}

/**
 * A row whose bar is a multiple of what a rival of the same run does: `{ atMostTimes: 0.5 }` for at most half of it, or `{ atLeastTimes: 2 }`.
 * `rival` is `{ name, value }`; without one there is no bar.
 */
export function rowBeside(name, value, unit, bar, rival) {
  if (rival === undefined) return row(name, value, unit, null);
  const limit = rival.value * (bar.atMostTimes ?? bar.atLeastTimes);
  return row(name, value, unit, bar.atMostTimes === undefined ? { atLeast: limit } : { atMost: limit }, rival);
}

/** The results of `once`, called so many times one after the other. */
export async function repeat(times, once) {
  const values = [];
  for (let round = 0; round < times; round++) values.push(await once(round));
  return values;
}

/** The results of `once` for 0 to `count` - 1, `width` of them under way at a time. */
export async function inParallel(count, width, once) {
  const results = new Array(count);
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next++;
      results[index] = await once(index);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

/** How long `work` took, in milliseconds. */
export async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

export const percentile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
export const p50 = (values) => percentile(values, 0.5);
export const p95 = (values) => percentile(values, 0.95);

const rounded = (value) => Number(value.toPrecision(3));

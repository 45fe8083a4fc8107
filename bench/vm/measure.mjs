// What all measurements of VMs share: rows, times and medians.

/** A row whose value may be at most `bar`; null: there is no bar. */
export function row(name, value, unit, bar, against) {
  const figure = rounded(value);
  return { name, value: figure, unit, bar, holds: bar === null || figure <= bar, against };
}

/** A row whose value must be at least `bar`. */
export function rowOfAtLeast(name, value, unit, bar, against) {
  const figure = rounded(value);
  return { name, value: figure, unit, bar, holds: figure >= bar, against };
}

export async function repeat(times, once) {
  const values = [];
  for (let round = 0; round < times; round++) values.push(await once());
  return values;
}

/** How long `work` takes, in milliseconds. */
export async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

export const percentile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
export const p50 = (values) => percentile(values, 0.5);
export const rounded = (value) => Number(value.toPrecision(3));

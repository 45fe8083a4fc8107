/** One family of metrics, as a scrape has it. */
export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;

/**
 * Reads the text format of Prometheus, and throws at whatever is not as it says: a sample without its HELP and TYPE before it, one that is
 * there twice, a label that is not closed, a histogram without an end or whose buckets do not grow.
 */
export function parsePrometheus(text: string): Map<string, Family> {
  if (!text.endsWith("\n")) throw new Error("The last line has no end.");
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let help: { name: string; text: string } | undefined;
  for (const line of text.split("\n")) {
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (line === "") continue;
    if (kind === "HELP") help = { name, text: rest };
    else if (kind === "TYPE") {
      if (help?.name !== name || families.has(name)) throw new Error(`TYPE without its HELP, or twice: ${line}`);
      families.set(name, { type: rest, help: help.text, samples: [] });
    } else {
      const sample = sampleOf(line);
      const id = JSON.stringify([sample.name, sample.labels]);
      if (seen.has(id)) throw new Error(`Twice: ${line}`);
      seen.add(id);
      familyOf(families, sample.name).samples.push(sample);
    }
  }
  for (const [name, family] of families) if (family.type === "histogram") checkHistogram(name, family);
  return families;
}

/** The sum of the samples with these labels, 0 if there is none. */
export function sumOf(families: Map<string, Family>, name: string, labels: Record<string, string> = {}): number {
  const samples = [...families.values()].flatMap((family) => family.samples).filter((sample) => sample.name === name);
  const found = samples.filter((sample) =>
    Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  return found.reduce((sum, { value }) => sum + value, 0);
}

function sampleOf(line: string) {
  const [, name, inner = "", text] = SAMPLE.exec(line) ?? [];
  if (name === undefined || text === undefined) throw new Error(`Not a sample: ${line}`);
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < inner.length) {
    const [, key, value] = LABEL.exec(inner) ?? [];
    if (key === undefined || value === undefined || key in labels) throw new Error(`Bad labels: ${line}`);
    labels[key] = value;
  }
  const value =
    text === "+Inf" ? Number.POSITIVE_INFINITY : text === "Nan" || text === "NaN" ? Number.NaN : Number(text);
  if (Number.isNaN(value) && !/^nan$/i.test(text)) throw new Error(`Not a number: ${line}`);
  return { name, labels, value };
}

function familyOf(families: Map<string, Family>, sample: string): Family {
  const own = families.get(sample);
  if (own && own.type !== "histogram") return own;
  const family = families.get(sample.replace(/_(bucket|sum|count)$/, ""));
  if (family?.type !== "histogram") throw new Error(`${sample} has no family.`);
  return family;
}

function checkHistogram(name: string, { samples }: Family): void {
  const series = new Map<string, { le: number; value: number }[]>();
  for (const { name: sample, labels, value } of samples) {
    if (sample !== `${name}_bucket`) continue;
    const { le = "", ...others } = labels;
    const key = JSON.stringify(others);
    series.set(key, [...(series.get(key) ?? []), { le: le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le), value }]);
  }
  for (const [key, buckets] of series) {
    const grows = buckets.every(
      ({ le, value }, i) => i === 0 || (le > (buckets[i - 1]?.le ?? 0) && value >= (buckets[i - 1]?.value ?? 0)),
    );
    if (!grows || buckets.at(-1)?.le !== Number.POSITIVE_INFINITY)
      throw new Error(`The buckets of ${name}${key} are wrong.`);
  }
}

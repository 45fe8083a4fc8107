import type { Finding } from "./relevance.js";
import { contentStems, stem, words } from "./words.js";

/** Findings about one thing, under a name taken from the sources' own headings. */
export interface Theme {
  readonly name: string;
  readonly findings: readonly Finding[];
}

const FURTHER = "Further findings";
const ALL = "Findings";
/** Names of what has no theme. */
export const LEFT_OVER: ReadonlySet<string> = new Set([FURTHER, ALL]);

/** Heading words that name a part of any text and no subject. */
const GENERIC = new Set(
  (
    "abstract aim aside background claim conclude conclusion context data definition design detail discussion evidence example fact figure finding " +
    "first general idea important intro introduction issue item limit list matter mean meaning method new note number old outlook part point " +
    "problem question read reading reason result section show size so source standing stand start state statement step strength study survey table term text thing " +
    "third today type user value view way weak work year driver difference earn plan"
  )
    .split(" ")
    .map(stem),
);

/**
 * Groups findings by the subject words of their headings and titles that the most findings share, at most `limit` groups and then a
 * last one for what is left. Each finding is in exactly one group; groups and their findings keep the order of relevance.
 */
export function groupByTheme(
  request: string,
  titles: ReadonlyMap<string, string>,
  findings: readonly Finding[],
  limit: number,
): Theme[] {
  const asked = new Set(contentStems(request));
  const labels = new Map<string, Map<string, number>>();
  const topics = new Map<Finding, Set<string>>();
  for (const finding of findings) {
    const headline = `${finding.heading} ${titles.get(finding.source) ?? ""}`;
    for (const word of words(headline)) {
      const key = stem(word);
      if (/\d/.test(word) || word.length < 4 || asked.has(key) || GENERIC.has(key) || !contentStems(word).includes(key))
        continue;
      const forms = labels.get(key) ?? new Map<string, number>();
      const form = spelling(headline, word);
      forms.set(form, (forms.get(form) ?? 0) + 1);
      labels.set(key, forms);
    }
    const said = new Set(contentStems(`${finding.heading} ${finding.sentences.join(" ")}`));
    topics.set(finding, said);
  }
  const themes: Theme[] = [];
  let left = [...findings];
  while (themes.length < limit) {
    const best = bestTopic(left, topics, labels, findings.length);
    if (best === undefined) break;
    const members = left.filter((finding) => topics.get(finding)?.has(best));
    themes.push({ name: capital(mostFrequent(labels.get(best)) ?? best), findings: members });
    left = left.filter((finding) => !members.includes(finding));
  }
  if (left.length > 0) themes.push({ name: themes.length > 0 ? FURTHER : ALL, findings: left });
  return themes;
}

/** The topic that most of the remaining findings share, if it spans two sources and is not about everything. */
function bestTopic(
  left: readonly Finding[],
  topics: ReadonlyMap<Finding, ReadonlySet<string>>,
  labels: ReadonlyMap<string, unknown>,
  all: number,
): string | undefined {
  const members = new Map<string, Finding[]>();
  for (const finding of left) {
    for (const key of topics.get(finding) ?? [])
      if (labels.has(key)) members.set(key, [...(members.get(key) ?? []), finding]);
  }
  let best: string | undefined;
  let bestScore = 0;
  for (const [key, found] of members) {
    const spread = new Set(found.map((finding) => finding.source)).size;
    if (found.length < 2 || spread < 2 || found.length > Math.max(4, all * 0.35)) continue;
    const score = found.length + spread + found.filter((finding) => contentStems(finding.heading).includes(key)).length;
    if (score > bestScore || (score === bestScore && best !== undefined && key < best)) {
      best = key;
      bestScore = score;
    }
  }
  return best;
}

function spelling(text: string, lower: string): string {
  const index = text.toLowerCase().indexOf(lower);
  return index < 0 ? lower : text.slice(index, index + lower.length);
}

function mostFrequent(forms: ReadonlyMap<string, number> | undefined): string | undefined {
  return [...(forms ?? [])].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0];
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

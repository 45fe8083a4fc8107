/** Words that say nothing about a subject, and words with which people ask for work. */
const STOP = new Set(
  (
    "a about above after again all also although always am an and another any are as at be because been before being below between both but by can " +
    "could did do does doing down during each either enough etc even every few for from further get had has have having he her here him his how " +
    "however i if in instead into is it its itself just least less let like made make many may me might more most much must my near need no nor " +
    "not now of off often on once one only onto or other our out over own per put rather same see several she should since so some still such " +
    "take than that the their them then there these they this those though through to together too toward two under until up upon us use used " +
    "using very was we well were what when where whether which while who whom whose why will with within without would yet you your " +
    "research report write writing explain describe investigate analyse analyze compare summarise summarize tell find look study overview " +
    "please give current latest best good main key topic question opportunity opportunities"
  ).split(" "),
);

/** The words of a text, lower case, in order; `4.6%`, `USDC` and `v3` are words. */
export function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:[.,'’-][\p{L}\p{N}]+)*/gu) ?? [];
}

/** The stems of the words that carry meaning, in order, with repetitions. */
export function contentStems(text: string): string[] {
  const stems: string[] = [];
  for (const word of words(text)) {
    if (STOP.has(word) || (word.length < 2 && !/\p{N}/u.test(word))) continue;
    stems.push(stem(word));
  }
  return stems;
}

/** A light English stem: plurals and the commonest endings, enough to match `yields` with `yield`. */
export function stem(word: string): string {
  const plain = word.replace(/['’]s$/u, "");
  if (/\p{N}/u.test(plain) || plain.length < 4) return plain;
  if (plain.endsWith("ies") && plain.length > 4) return `${plain.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x|z)es$/.test(plain)) return plain.slice(0, -2);
  const single = plain.endsWith("s") && !/(?:ss|us|is)$/.test(plain) ? plain.slice(0, -1) : plain;
  if (single.endsWith("ing") && single.length > 6) return undouble(single.slice(0, -3));
  if (single.endsWith("ed") && single.length > 5) return undouble(single.slice(0, -2));
  return single.endsWith("e") && single.length > 4 ? single.slice(0, -1) : single;
}

/** The part of two sets that they share, 0 to 1. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0;
  let shared = 0;
  for (const item of a) if (b.has(item)) shared++;
  return shared / (a.size + b.size - shared);
}

function undouble(word: string): string {
  return /([bdgmnprt])\1$/.test(word) ? word.slice(0, -1) : word;
}

/**
 * Porter's stemmer (M. F. Porter, "An algorithm for suffix stripping", 1980), with British spellings folded into
 * American ones first, so that "utilisation" and "utilized" meet.
 * @param word lower case
 */
export function stem(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  let w = american(word);
  w = step1(w);
  w = replaceSuffix(w, STEP2);
  w = replaceSuffix(w, STEP3);
  w = step4(w);
  return step5(w);
}

const C = "[^aeiou][^aeiouy]*";
const V = "[aeiouy][aeiou]*";
const MEASURE_0 = new RegExp(`^(${C})?${V}${C}`);
const MEASURE_1 = new RegExp(`^(${C})?${V}${C}(${V})?$`);
const MEASURE_2 = new RegExp(`^(${C})?${V}${C}${V}${C}`);
const HAS_VOWEL = new RegExp(`^(${C})?[aeiouy]`);
const CVC = new RegExp(`^${C}[aeiouy][^aeiouwxy]$`);

const STEP2: [RegExp, string][] = [
  [/ational$/, "ate"],
  [/tional$/, "tion"],
  [/enci$/, "ence"],
  [/anci$/, "ance"],
  [/izer$/, "ize"],
  [/bli$/, "ble"],
  [/alli$/, "al"],
  [/entli$/, "ent"],
  [/eli$/, "e"],
  [/ousli$/, "ous"],
  [/ization$/, "ize"],
  [/ation$/, "ate"],
  [/ator$/, "ate"],
  [/alism$/, "al"],
  [/iveness$/, "ive"],
  [/fulness$/, "ful"],
  [/ousness$/, "ous"],
  [/aliti$/, "al"],
  [/iviti$/, "ive"],
  [/biliti$/, "ble"],
  [/logi$/, "log"],
];
const STEP3: [RegExp, string][] = [
  [/icate$/, "ic"],
  [/ative$/, ""],
  [/alize$/, "al"],
  [/iciti$/, "ic"],
  [/ical$/, "ic"],
  [/ful$/, ""],
  [/ness$/, ""],
];
const STEP4 = /(?:al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|ou|ism|ate|iti|ous|ive|ize)$/;

function american(word: string): string {
  if (word.length > 5)
    word = word.replace(/is(ation|ations|e|ed|er|ers|es|ing)$/, "iz$1").replace(/our(s|ed|ing|able)?$/, "or$1");
  return word;
}

function step1(w: string): string {
  if (w.endsWith("sses") || w.endsWith("ies")) w = w.slice(0, -2);
  else if (/[^s]s$/.test(w)) w = w.slice(0, -1);
  if (w.endsWith("eed")) {
    if (MEASURE_0.test(w.slice(0, -3))) w = w.slice(0, -1);
  } else {
    const base = w.replace(/(?:ed|ing)$/, "");
    if (base !== w && HAS_VOWEL.test(base)) {
      w = base;
      if (/(?:at|bl|iz)$/.test(w)) w += "e";
      else if (/([^aeiouylsz])\1$/.test(w)) w = w.slice(0, -1);
      else if (CVC.test(w)) w += "e";
    }
  }
  if (w.endsWith("y") && HAS_VOWEL.test(w.slice(0, -1))) w = `${w.slice(0, -1)}i`;
  return w;
}

function replaceSuffix(w: string, rules: [RegExp, string][]): string {
  for (const [suffix, to] of rules) {
    if (!suffix.test(w)) continue;
    const base = w.replace(suffix, "");
    return MEASURE_0.test(base) ? base + to : w;
  }
  return w;
}

function step4(w: string): string {
  const base = w.replace(STEP4, "");
  if (base !== w) return MEASURE_2.test(base) ? base : w;
  const ion = w.replace(/([st])ion$/, "$1");
  return ion !== w && MEASURE_2.test(ion) ? ion : w;
}

function step5(w: string): string {
  if (w.endsWith("e")) {
    const base = w.slice(0, -1);
    if (MEASURE_2.test(base) || (MEASURE_1.test(base) && !CVC.test(base))) w = base;
  }
  return w.endsWith("ll") && MEASURE_2.test(w) ? w.slice(0, -1) : w;
}

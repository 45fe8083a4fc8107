/**
 * Letters that look like Latin ones: a copy written with them reads the same to a person and differs in every word for a
 * program. From the confusables of Unicode TS 39, those that are common in such copies.
 */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: "аɑα",
    b: "ЬᏏ",
    c: "сϲ",
    d: "ԁ",
    e: "еҽ",
    g: "ɡց",
    h: "һհ",
    i: "іιɩ",
    j: "јϳ",
    k: "кκ",
    l: "ӏ",
    m: "м",
    n: "ոп",
    o: "оοօ",
    p: "рρ",
    q: "ԛզ",
    r: "г",
    s: "ѕ",
    t: "т",
    u: "սυ",
    v: "ѵν",
    w: "ԝω",
    x: "хχ",
    y: "уүγ",
    A: "АΑ",
    B: "ВΒ",
    C: "СϹ",
    E: "ЕΕ",
    H: "НΗ",
    I: "ІΙӀ",
    J: "Ј",
    K: "КΚ",
    M: "МΜ",
    N: "Ν",
    O: "ОΟՕ",
    P: "РΡ",
    S: "Ѕ",
    T: "ТΤ",
    X: "ХΧ",
    Y: "ҮΥ",
    Z: "Ζ",
  }).flatMap(([latin, others]) => [...others].map((other) => [other, latin] as const)),
);
const ALL_LOOKALIKES = new RegExp(`^[${[...LOOKALIKES.keys()].join("")}]+$`, "u");

const INVISIBLE = /\p{Default_Ignorable_Code_Point}+/gu;
const WORD = /[\p{L}\p{M}]+/gu;
const ASCII = /^[\0-\x7f]*$/;

/**
 * The text as it reads: without characters that nobody sees (zero-width spaces, soft hyphens), in compatibility form, and
 * with Latin letters where a word mixes them with look-alikes of other scripts.
 */
export function undisguised(text: string): string {
  if (ASCII.test(text)) return text;
  const isLatin = isMostlyLatin(text);
  return text
    .replace(INVISIBLE, "")
    .normalize("NFKC")
    .replace(WORD, (word) => latinWord(word, isLatin));
}

/** Whether other scripts than Latin are the exception: then a word of nothing but look-alikes is Latin, too. */
export function isMostlyLatin(text: string): boolean {
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  const others = text.match(/[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]/gu)?.length ?? 0;
  return latin >= others;
}

/** One word with its look-alikes replaced, if it is a disguised Latin one. */
export function latinWord(word: string, isLatinText: boolean): string {
  if (ASCII.test(word)) return word;
  const isDisguised = /\p{Script=Latin}/u.test(word) || (isLatinText && ALL_LOOKALIKES.test(word));
  return isDisguised ? [...word].map((letter) => LOOKALIKES.get(letter) ?? letter).join("") : word;
}

import { isSpaceless } from "../text/words.js";
import { tokensOf } from "./tokens.js";

/** The language of a text that is in none of those below, or in no language. */
export const UNKNOWN_LANGUAGE = "und";

/** Words of which a text in a language has at least one in 17: so much is never by chance. */
const LEAST_SHARE = 0.06;

/** The most frequent words of languages; Danish and Norwegian, which share them, are one. */
const FREQUENT: Readonly<Record<string, string>> = {
  en: "the of and to in is that for it as with are this be on not by or an you from if which can at has will have but when",
  de: "der die und das ist nicht den zu von mit sich auf für ein eine dem im werden oder als wird auch es an bei nach einer aus",
  fr: "de la le les et des est à du en un une dans que pour qui sur par pas ne ce il au avec sont plus ou cette aux être",
  es: "de la que el en y los del se las por un para con una no es al lo como su más si este o sus esta ser son cuando",
  pt: "de a o que e do da em um para com não uma os no se na por mais as dos como mas ao das ou são ser este pelo",
  it: "di che è la il un per in una del con non sono da le i si dei al della nel come alla gli anche o questo delle più essere",
  nl: "de het een van en in is dat op te zijn met voor niet aan er die om ook als of door bij wordt uit naar deze kan worden",
  sv: "och att det som en på är av för med den till inte om ett i har kan från eller vid ska så men när detta du",
  da: "og at det som en på er af for med den til ikke om et i har kan fra eller ved skal så men når dette der av ble var",
  fi: "ja on ei se että joka tai ovat kun myös mutta voidaan niin sen voi jos ole kuin hän oli tämä käytetään jotka sekä",
  pl: "w i na nie się z do to że jest o jak po za od dla przez są lub co ale oraz tym może być który tego jeśli",
  cs: "a se v na je že o s z do i to k ve pro za by ale jako po od nebo jsou být který jeho tak při lze pokud",
  hu: "a az és hogy nem is egy ez meg van csak vagy de már azt ha volt mint még kell el lehet ezt minden be ki",
  ro: "de și în la a că nu se cu pe care un o este din pentru mai sau fi ce sunt prin ca al dacă aceasta poate",
  hr: "i u je se na da za od su s koji a ne to kao ili o iz bi po koja nije može ako ovo samo kod bio što",
  sl: "in je v na se da za z ne so ki pa po s od ali kot če to tudi ni lahko pri bi ter iz do",
  tr: "ve bir bu için ile de da olarak olan daha gibi veya çok ise ne değil kadar sonra her en olduğu tarafından ya",
  id: "yang dan di untuk dengan dari ini tidak pada adalah dalam atau akan itu ke oleh dapat sebagai jika juga ada",
  vi: "và của là có cho không được các trong một với những người này để khi đã từ hoặc như bạn nếu trên",
  ru: "и в не на что с по для к из или как это а от при о то если его но за все может быть будет также",
  uk: "і в не на що з для до та як або це у від за якщо про по але його при бути може є також цей",
  bg: "на и за от да се в с е не по са как или това при който като ще до може към ако този има",
  ar: "في من على إلى أن هذا التي أو عن مع الذي لا ما هذه كان هو كما يمكن ذلك بعد إذا كل",
  fa: "و در به از که این را با است برای آن یک می تا بر های یا هم نیست شود اگر شده",
  hi: "के में है की और से का को पर यह एक हैं इस कि जो नहीं लिए भी या था तो हो",
};

const LANGUAGES_OF: ReadonlyMap<string, readonly string[]> = languagesOfWords();

/** Scripts in which one language, or few, are written: they stand for it. */
const SCRIPTS = [
  ["ja", /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ["zh", /\p{Script=Han}/u],
  ["ko", /\p{Script=Hangul}/u],
  ["th", /\p{Script=Thai}/u],
  ["el", /\p{Script=Greek}/u],
  ["he", /\p{Script=Hebrew}/u],
  ["ka", /\p{Script=Georgian}/u],
  ["hy", /\p{Script=Armenian}/u],
] as const;

const ASCII = /^[\0-\x7f]*$/;

/** Words of a text that are looked at to tell its language. */
const LOOKED_AT = 400;

/**
 * The language of a passage, by its most frequent words or its script: a two-letter code, or `und`. Nobody's word is
 * taken for it: whoever could name the language could have gibberish measured against one that the corpus has none of.
 */
export function languageOf(words: readonly string[]): string {
  const some = words.slice(0, LOOKED_AT);
  return scriptOf(some) ?? byFrequentWords(some).language;
}

/** The language whose most frequent words a list of words has most of, and what share of the list they are; `und` for too few. */
export function byFrequentWords(some: readonly string[]): { language: string; share: number } {
  const counts = new Map<string, number>();
  for (const word of some) {
    for (const language of LANGUAGES_OF.get(word) ?? []) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  let best = UNKNOWN_LANGUAGE;
  let most = some.length * LEAST_SHARE;
  for (const [language, count] of counts) {
    if (count > most || (count === most && language < best)) [best, most] = [language, count];
  }
  return { language: best, share: most / some.length };
}

/** Japanese has characters of its own among those of Chinese: a tenth of them tells. */
function scriptOf(words: readonly string[]): string | undefined {
  // Nearly all words of most texts are in none of them, which is soon seen.
  const others = words.filter((word) => !ASCII.test(word));
  for (const [language, script] of SCRIPTS) {
    const share = others.filter((word) => script.test(word)).length / words.length;
    if (share > (language === "ja" ? 0.1 : 0.5)) return language;
  }
  const spaceless = others.filter(isSpaceless).length;
  return spaceless > words.length / 2 ? "spaceless" : undefined;
}

function languagesOfWords(): Map<string, string[]> {
  const languages = new Map<string, string[]>();
  for (const [language, list] of Object.entries(FREQUENT)) {
    for (const word of new Set(tokensOf(list).map((token) => token.word))) {
      languages.set(word, [...(languages.get(word) ?? []), language]);
    }
  }
  return languages;
}

import { splitSentences } from "../check/sentences.js";

/** Something that a guide asks for and does not get. */
export interface Refused {
  what: string;
  why: string;
}

const FACTS = "it would change what is said";
const CHECK = "a guide has no say in what is checked, cited or allowed";

/** What style may not do. A guide is advice to a writer; these would make it orders on facts, or on the one who writes. */
const ORDERS: readonly [RegExp, string][] = [
  [/\bround(?:ed|ing)?\b.{0,40}\b(?:up|down|off|figures?|numbers?|values?|amounts?|percentages?)\b/i, FACTS],
  [
    /\b(?:inflate|exaggerate|double|halve|triple|multiply|increase|raise|lower|reduce|adjust|replace|change|alter|swap|improve)\b.{0,40}\b(?:figures?|numbers?|values?|amounts?|dates?|percentages?|yields?|returns?|results?|names?|quotes?|quotations?|facts?)\b/i,
    FACTS,
  ],
  [
    /\b(?:say|state|claim|write|conclude|assert|insist|pretend|assume|call)\b.{0,40}\b(?:is|are|as|it|be)\b.{0,20}\b(?:safe|secure|risk-?free|audited|guaranteed|certain|profitable|legal|approved|the best|true|proven)\b/i,
    FACTS,
  ],
  [/\b(?:safe|secure|risk-?free|guaranteed)\b.{0,40}\b(?:whatever|regardless|no matter|even if)\b/i, FACTS],
  [
    /\b(?:omit|remove|delete|drop|hide|skip|leave out|suppress|avoid mention\w*|(?:do not|don['’]t|never) (?:mention|discuss|report))\b.{0,60}\b(?:risks?|losses|negative|weaknesses|incidents?|hacks?|exploits?|criticism|bad news|warnings?|limitations?|facts?|numbers?|figures?|dates?)\b/i,
    FACTS,
  ],
  [
    /\b(?:omit|remove|delete|drop|hide|leave out|suppress)\b.{0,40}\b(?:caveats?|disclaimers?|uncertaint(?:y|ies)|findings?)\b/i,
    FACTS,
  ],
  [
    /\b(?:make|let|have|present|treat|describe|portray|state|frame|sell)\b.{0,40}\b(?:as|sound|look|seem|appear)\s+(?:an? |the |being |more |less |entirely |completely )?(?:certain|sure|guaranteed|minor|harmless|exact|facts?|safer?|risk-?free|proven|negligible|insignificant|small(?:er)?|big(?:ger)?|better|worse|profitable)\b/i,
    FACTS,
  ],
  [
    /(?<!\b(?:not|never|n['’]t|avoid|without) )\b(?:exaggerate|overstate|understate|embellish|sensationali[sz]e|downplay|play down)\b/i,
    FACTS,
  ],
  [
    /(?<!\b(?:not|never|n['’]t|avoid) )\b(?:praises?|promotes?|advertises?|endorses?|(?:recommends?|advises?|urges?)\b.{0,20}\b(?:buy|sell|hold|invest)\w*)\b/i,
    FACTS,
  ],
  [/^\W*(?:always |please )?(?:say|state|claim|conclude|assert|insist|pretend) that\b/i, FACTS],
  [
    /\b(?:add|insert|include|find)\b.{0,40}\b(?:claims?|facts?|statistics|numbers?|figures?|quotes?|testimonials?)\b.{0,20}\b(?:supports?|shows?|proves?|favou?rs?|praises?)\b/i,
    FACTS,
  ],
  [/\b(?:always|only)\b.{0,20}\b(?:positive|bullish|favou?rable|optimistic)\b/i, FACTS],
  [/\b(?:invent|make up|fabricate|forge|fake)\b/i, FACTS],
  [
    /\b(?:no|without|omit|remove|delete|drop|skip|(?:do not|don['’]t|never) (?:use|add|give|write|include)?)\s*(?:any |all |the |your )?(?:citations?|references?|sources?|source ids?)\b/i,
    CHECK,
  ],
  [/\b(?:do not|don['’]t|never) cite\b/i, CHECK],
  [
    /\b(?:ignore|disregard|forget|override|bypass|skip)\b.{0,40}\b(?:instructions?|rules?|prompts?|checks?|verification|policy|policies|system|approvals?|safety|guidelines)\b/i,
    CHECK,
  ],
  [
    /\b(?:you are now|system prompt|developer mode|as an ai|run|execute|curl|publish|send|transfer|sign|approve|pay)\b.{0,60}\b(?:commands?|script|shell|code|article|report|funds?|tokens?|transaction|without asking|prompt|https?:)/i,
    CHECK,
  ],
];

/** A guide's text without the sentences that give such orders. */
export function withoutOrders(text: string): { text: string; refused: Refused[] } {
  const refused: Refused[] = [];
  const lines = text.split("\n").map((line) => {
    const kept = splitSentences(line).filter(({ start, end }) => {
      const sentence = line.slice(start, end);
      const order = ORDERS.find(([pattern]) => pattern.test(sentence.normalize("NFKC").replace(/[*_`]/g, "")));
      if (order !== undefined) refused.push({ what: sentence.slice(0, 200), why: order[1] });
      return order === undefined;
    });
    const all = splitSentences(line);
    if (kept.length === all.length) return line;
    return kept.map(({ start, end }) => line.slice(start, end)).join(" ");
  });
  return { text: lines.join("\n").trim(), refused };
}

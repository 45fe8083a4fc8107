import { directionsOf } from "./opposites.js";
import { type Word, wordsOf } from "./words.js";

/** The ways of what moves. */
export const MOVES = /^(?:up|down)$/;
/** Words before a pointer that say what it is about; after it where there are none, or where it is said of a noun: "fewer shots". */
const BEFORE = 4;
const AFTER = 2;
const OBJECT = /^\s(?:the|its|their|his|her|our)\s/i;
const OF_NOUN = /^(?:above|below|often|seldom|most|least)$/;
/** "Not rising", "never closed": what stands before a word and turns it round. */
const TURNS =
  /(?:\b(?:not|no|never|neither|nor|without|cannot|hardly|unable to|(?:fail|refus|declin)\p{Ll}* to)|n['’]t)\b(?:\P{L}+\p{L}+){0,3}\P{L}*$/iu;
/** Characters in front of a word in which what turns it stands. */
const FARTHEST = 60;
const NOT =
  /\b(?:not|no|never|none|neither|nor|without|nobody|nothing|cannot|hardly|unable|(?:fail|refus|declin)\p{Ll}* to)\b|n['’]t\b/iu;

/** A word that points some way, or that may be the opposite of another. */
export interface Pointer {
  word: Word;
  ways: string[];
  isTurned: boolean;
  /** In "fishing is permitted, trawling is not" it is not clear what is denied. */
  isClear: boolean;
  about: string[];
  /** "It raised the output": what it says to have gone up. */
  moved: string[];
}

/** A clause is held against many claims. Forgotten all at once when there are too many. */
const POINTERS = new Map<string, Pointer[]>();
const MOST_POINTERS = 20_000;

/** Which way the words of a text point, and of what. */
export function pointersOf(text: string): Pointer[] {
  let pointers = POINTERS.get(text);
  if (!pointers) {
    pointers = findPointers(text);
    if (POINTERS.size >= MOST_POINTERS) POINTERS.clear();
    POINTERS.set(text, pointers);
  }
  return pointers;
}

function findPointers(text: string): Pointer[] {
  const words = wordsOf(text);
  const hasNot = NOT.test(text);
  return words.map((word, i) => {
    const ways = directionsOf(text, word);
    const isTelling = (each: Word): boolean => !each.isStop && !/\d/.test(each.text);
    const before = words.slice(0, i).filter(isTelling).slice(-BEFORE);
    const isOfNoun = before.length === 0 || ways.some((way) => OF_NOUN.test(way));
    const behind = words
      .slice(i + 1)
      .filter(isTelling)
      .slice(0, AFTER)
      .map(({ key }) => key);
    const about = [...before.map(({ key }) => key), ...(isOfNoun ? behind : [])];
    const moved = ways.some((way) => MOVES.test(way)) && OBJECT.test(text.slice(word.end)) ? behind : [];
    const isTurned = hasNot && TURNS.test(text.slice(Math.max(0, word.start - FARTHEST), word.start));
    return { word, ways, isTurned, isClear: isTurned || !hasNot, about, moved };
  });
}

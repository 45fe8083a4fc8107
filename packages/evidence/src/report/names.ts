import type { CslName } from "./csl.js";

/** How a name stands in a list or a sentence. */
type NameForm = (name: CslName) => string;

/** `Yu, Charles`: for lists that are sorted by family name. */
export const inverted: NameForm = (name) =>
  name.family === undefined ? straight(name) : join([name.family, name.given, name.suffix], ", ");

/** `Charles Yu` */
export const straight: NameForm = ({ literal, given, family, suffix }) =>
  literal ?? join([join([given, family], " "), suffix], ", ");

/** `Yu, C.` */
export const invertedInitials: NameForm = (name) =>
  name.family === undefined ? straight(name) : join([name.family, initials(name.given), name.suffix], ", ");

/** `C. Yu` */
export const straightInitials: NameForm = (name) =>
  name.family === undefined ? straight(name) : join([join([initials(name.given), name.family], " "), name.suffix], " ");

/** What a sentence calls somebody: the family name, or the organisation. */
export const short: NameForm = (name) => name.family ?? straight(name);

/** `Anne-Laure Marie` is `A.-L. M.` */
export function initials(given: string | undefined): string {
  return (given ?? "")
    .split(/\s+/)
    .filter(Boolean)
    .map((word) =>
      word
        .split("-")
        .map((part) => (/^\p{L}/u.test(part) ? `${[...part][0]}.` : part))
        .join("-"),
    )
    .join(" ");
}

/**
 * Names in one row.
 * @param forms of the first and of the others
 * @param o.and the word before the last; `o.pairComma` whether it has a comma before it even between two
 */
export function row(
  names: readonly CslName[],
  forms: { first: NameForm; rest: NameForm },
  o: { and: string; pairComma?: boolean },
): string {
  const texts = names.map((name, i) => (i === 0 ? forms.first : forms.rest)(name));
  const last = texts.at(-1);
  if (last === undefined || texts.length === 1) return last ?? "";
  const comma = texts.length > 2 || o.pairComma ? "," : "";
  return `${texts.slice(0, -1).join(", ")}${comma} ${o.and} ${last}`;
}

/**
 * Authors as a source names them: `Smith, Jane; Doe, John`, `Jane Smith and John Doe`, or an organisation. What is not
 * plainly the name of persons is kept whole.
 */
export function namesFrom(text: string): CslName[] {
  const line = text
    .replace(/\s+/g, " ")
    .replace(/^by\s+/i, "")
    .trim();
  if (line === "") return [];
  const parts = line.split(/\s*;\s*|\s*,?\s+(?:and|&)\s+/).filter(Boolean);
  const isListed = parts.every((part) => /^[^,]+,\s*[^,]+$/.test(part) && isPerson(part.replace(",", "")));
  if (isListed) return parts.map(personOf);
  const persons = parts.flatMap((part) => part.split(/\s*,\s*/)).filter(Boolean);
  return persons.every(isPerson) ? persons.map(personOf) : [{ literal: line }];
}

const ORGANISATION =
  /\b(?:the|of|for|and|inc|ltd|llc|plc|gmbh|corp|company|foundation|institute|university|college|bank|agency|office|department|ministry|committee|commission|council|association|society|group|team|labs?|protocol|dao|network|finance|research|press|news|times|editors?|staff|contributors|bureau|organi[sz]ation|survey|centre|center|national|international|security|audits?)\b/i;

/** Two to four words in capitals, none of which is a word of organisations. */
function isPerson(text: string): boolean {
  const words = text.trim().split(/\s+/);
  const isNamed = words.every((word) =>
    /^(?:\p{Lu}[\p{L}.'’-]*|van|von|de|der|den|del|da|di|la|le|bin|al)$/u.test(word),
  );
  return words.length >= 2 && words.length <= 5 && isNamed && !ORGANISATION.test(text);
}

function personOf(text: string): CslName {
  const [family, given] = text.split(/\s*,\s*/);
  if (given !== undefined) return { family, given };
  const words = text.trim().split(/\s+/);
  const particle = words.findIndex((word, i) => i > 0 && /^\p{Ll}/u.test(word));
  const at = particle > 0 ? particle : words.length - 1;
  return { family: words.slice(at).join(" "), given: words.slice(0, at).join(" ") };
}

function join(parts: readonly (string | undefined)[], between: string): string {
  return parts.filter((part) => part !== undefined && part !== "").join(between);
}

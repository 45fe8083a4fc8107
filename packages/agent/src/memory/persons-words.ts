/** A heading that the host's own model begins its list with. */
export const REMEMBERED = "# What I was asked to remember";

/** Shorter words than these may stand in anything. */
const SHORTEST = 8;

/**
 * Whether all that a text has and the one before had not are words that the person has said, and all that was there still is: then it is the
 * person's, whatever else the agent that writes it has seen.
 */
export function isInPersonsWords(before: string, after: string, turns: readonly string[]): boolean {
  const said = turns.map(plain);
  const had = linesOf(before);
  const has = linesOf(after);
  if (had.some((line) => !has.includes(line))) return false;
  const added = has.filter((line) => !had.includes(line) && line !== REMEMBERED);
  const words = added.map((line) => plain(line.replace(/^[-*] /, "")));
  return words.every((line) => line.length >= SHORTEST && said.some((text) => text.includes(line)));
}

function linesOf(text: string): string[] {
  return text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
}

function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

import { DAY } from "./durations.js";
import type { Figure } from "./figure.js";
import type { Passage } from "./source.js";

/** "12:41", "6.30 p.m.", "at 9 a.m."; a time of day with a dot has what follows it. */
const TIME =
  /(?<![\d:.,])(?<hour>[01]?\d|2[0-3])(?:(?::(?<minute>[0-5]\d)(?::[0-5]\d)?)(?:\s?(?<half>[ap])\.?m\b)?|(?:\.(?<dotted>[0-5]\d))?\s?(?<noon>[ap])\.?m\b)(?![:\d])/giu;
/** What stands behind a time that is one of the day after. */
const NEXT_DAY = /^\W+(?:(?:on|of) )?(?:the )?(?:next|following) (?:morning|day|afternoon|evening|night)\b/i;
/** Nobody says to the minute how long something lasted. */
const TOLERANCE = 0.06;
const FAR = 1.25;
/** Sentences between the two times of one event, at most. */
const FARTHEST = 12;

/**
 * Whether a length of time lies between two times of day that a source names, the first before the second and one of them in a passage that the
 * claim rests on; then how, in a sentence.
 */
export function betweenTimes(
  figure: Figure,
  text: string,
  { rests, passages }: { rests: ReadonlySet<Passage>; passages: readonly Passage[] },
): string | undefined {
  if (figure.quantity !== "time" || figure.value >= DAY || LATER.test(text.slice(figure.end))) return undefined;
  const times = passages.flatMap((passage) => timesOf(passage));
  const isSaid = times.some((from, i) =>
    times
      .slice(i + 1)
      .some(
        (to) =>
          (rests.has(from.passage) || rests.has(to.passage)) &&
          to.passage.index - from.passage.index <= FARTHEST &&
          fits(figure, to.seconds - from.seconds),
      ),
  );
  return isSaid ? `${figure.text} lie between two times of the source.` : undefined;
}

/** "Three hours later": says when, of something that need not be what the times are of. */
const LATER = /^\s(?:later|earlier|ago)\b/i;

function fits({ bound, value, step }: Figure, length: number): boolean {
  const tolerance = Math.max(step / 2, TOLERANCE * value);
  if (bound === "over") return length >= value && length <= value * FAR;
  if (bound === "under") return length <= value && length >= value / FAR;
  return Math.abs(length - value) <= tolerance;
}

/** The times of day of a passage, in seconds from the midnight before; more than a day where it is one of the day after. */
function timesOf(passage: Passage): { seconds: number; passage: Passage }[] {
  const { text } = passage;
  return [...text.matchAll(TIME)].map((match) => {
    const { hour = "", minute, dotted, half, noon } = match.groups ?? {};
    const after = (half ?? noon)?.toLowerCase();
    const hours = after === undefined ? Number(hour) : (Number(hour) % 12) + (after === "p" ? 12 : 0);
    const seconds = 3600 * hours + 60 * Number(minute ?? dotted ?? "0");
    const isNext = NEXT_DAY.test(text.slice(match.index + match[0].length));
    return { seconds: isNext ? seconds + DAY : seconds, passage };
  });
}

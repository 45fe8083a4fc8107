import type { EmitEvent } from "../middleware/run-scope.js";
import type { Written } from "./answer-watch.js";

/** The least milliseconds between two events; with a long answer they come ever more seldom, by a tenth of the time that it takes so far. */
const LEAST_MS = 2_000;
const PART = 10;
/** Characters of the end of the text that an event shows. */
const SHOWN = 240;

/**
 * Tells in a run's events what is being written, seldom enough that an answer leaves a few dozen of them at most: the last whole words, or which
 * tool's call it is and how long it is by now.
 */
export function writing(emit: EmitEvent) {
  return (o: { agent: string; task: string | undefined; step: string }): ((written: Written) => void) => {
    const started = performance.now();
    let told = started;
    let count = 0;
    let text = "";
    return (written) => {
      text = `${text}${written.text}`.slice(-2 * SHOWN);
      const now = performance.now();
      if (now - told < Math.max(LEAST_MS, (now - started) / PART)) return;
      told = now;
      const data = {
        ...{ agent: o.agent, task: o.task, tool: written.tool, characters: written.characters },
        text: written.tool === undefined ? wholeWords(text) : "",
      };
      // Whatever hinders it hinders the next event as well, which somebody waits for.
      emit({ type: "writing", data }, `writing.${o.step}.${Math.round(now)}.${++count}`).catch(() => undefined);
    };
  };
}

/** The last words of a text, none of them in part: half a key would be taken for no key. */
function wholeWords(text: string): string {
  const end = text.slice(0, Math.max(0, text.search(/\s\S*$/)));
  const shown = end.slice(-SHOWN);
  return (shown.length < end.length ? shown.replace(/^\S*\s/, "") : shown).replace(/\s+/g, " ").trim();
}

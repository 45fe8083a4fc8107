import type { Answers } from "@vibewriter/evidence";

/** An answer to a tool's question. */
export interface Answer {
  /** As the tool gives it. */
  readonly text: string;
  /** False if somebody who should have been asked could not be: the same question is asked again. */
  readonly isWhole: boolean;
}

/**
 * What the searching tools of a run answer. Each question is asked once for each thing that the person wants, whoever of the subagents asks it
 * and however often; a run that repeats another one gets the answers that that one had.
 */
export class RunAnswers {
  readonly #kept: Pick<Answers, "get" | "put">;
  readonly #scope: readonly string[];
  readonly #attempt: number;
  readonly #replays: boolean;
  readonly #underWay = new Map<string, Promise<string>>();

  /**
   * @param o.scope what an answer is for beside the question: what was asked of the run, and what it was given
   * @param o.attempt of the run: what is asked by a call, and not by its words alone, is another question in another attempt, where a model that
   *   counts its calls gives the same id to another one. In the first attempt nothing is added, as earlier releases did
   * @param o.replays answers that were there before are as they were, whole or not
   */
  constructor(kept: Pick<Answers, "get" | "put">, o: { scope: readonly string[]; attempt: number; replays: boolean }) {
    this.#kept = kept;
    this.#scope = o.scope;
    this.#attempt = o.attempt;
    this.#replays = o.replays;
  }

  /** The tool's answer to `args`, asked for if it is not there. */
  of(tool: string, args: object, ask: () => Promise<Answer>): Promise<string> {
    const asked = "call" in args && this.#attempt > 1 ? { ...args, attempt: this.#attempt } : args;
    const question = JSON.stringify([tool, asked, ...this.#scope]);
    const asking =
      this.#underWay.get(question) ?? this.#of(question, ask).finally(() => this.#underWay.delete(question));
    this.#underWay.set(question, asking);
    return asking;
  }

  async #of(question: string, ask: () => Promise<Answer>): Promise<string> {
    const kept = await this.#kept.get(question);
    if (kept?.startsWith(WHOLE) || (kept !== undefined && this.#replays)) return kept.slice(WHOLE.length);
    const { text, isWhole } = await ask();
    await this.#kept.put(question, `${isWhole ? WHOLE : PART}${text}`);
    return text;
  }
}

/** In front of an answer that is kept. */
const WHOLE = "=";
const PART = "~";

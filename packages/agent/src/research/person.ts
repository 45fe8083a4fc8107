import type { EmitEvent } from "../middleware/run-scope.js";
import type { PersonQuestion, RunRecord } from "../runs/record.js";

/** What becomes of a question to the person. */
export type Asked =
  | { readonly state: "waiting" }
  | { readonly state: "nobody" }
  /** Without `text` they left it to the agent. */
  | { readonly state: "answered"; readonly text?: string };

/** The person behind a run, if somebody is there. */
export class Person {
  readonly #record: () => Promise<RunRecord>;
  readonly #emit: EmitEvent;

  constructor(o: { record: () => Promise<RunRecord>; emit: EmitEvent }) {
    this.#record = o.record;
    this.#emit = o.emit;
  }

  /** Whether somebody is there who would see a question now. */
  async isThere(): Promise<boolean> {
    const { attended, kind } = await this.#record();
    return attended || kind === "chat";
  }

  /** The answer to a question, whether it has to be waited for, or that nobody is there, which the run's log then says. */
  async ask(question: PersonQuestion): Promise<Asked> {
    const { answers, attended } = await this.#record();
    const answer = answers.find(({ id }) => id === question.id);
    if (answer !== undefined) return { state: "answered", text: answer.text };
    if (attended) return { state: "waiting" };
    const text = `Nobody is there to be asked “${question.question}”; it goes on with: ${question.assumption}`;
    await this.#emit({ type: "log", data: { level: "warn", text } }, `assumed.${question.id}`);
    return { state: "nobody" };
  }
}

import { setImmediate as nextTurn } from "node:timers/promises";
import { type Effect, InTurn } from "@vibewriter/backbone";
import type { StoreChange } from "./change.js";

type Change = StoreChange["change"];

/** Effects made ready for the file before it is their turn: texts are cut and embedded while the file takes in what came before. */
export class Prepared {
  readonly #prepare: (effect: Effect) => Promise<Change>;
  readonly #ready = new Map<number, Promise<Change>>();
  readonly #turn = new InTurn();

  constructor(prepare: (effect: Effect) => Promise<Change>) {
    this.#prepare = prepare;
  }

  /** One after the other, with a turn of the event loop between two, so that many at once do not hold up the process. */
  ahead(effect: Effect): void {
    const change = this.#turn.do(() => nextTurn().then(() => this.#prepare(effect)));
    change.catch(() => undefined); // Whoever takes it has the error.
    this.#ready.set(effect.seq, change);
  }

  /** What an effect is for the file, once: what failed is tried anew when it is asked for again. */
  async take(effect: Effect): Promise<Change> {
    const change = this.#ready.get(effect.seq) ?? this.#prepare(effect);
    // Nobody asks for what is before it any more.
    for (const seq of this.#ready.keys()) {
      if (seq > effect.seq) break;
      this.#ready.delete(seq);
    }
    return await change;
  }
}

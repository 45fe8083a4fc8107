import { Refusal } from "../tools/refusal.js";

/** A person said no. */
export class RejectedByPerson extends Refusal {
  /** What they said with it; may be empty. */
  readonly words: string;

  constructor(words: string) {
    const said = words === "" ? "" : ` They said: ${words}`;
    super("rejected", `A person declined this.${said} Do not try it again.`);
    this.words = words;
  }
}

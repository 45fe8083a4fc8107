import type { z } from "zod";
import type { JsonObject } from "../runs/record.js";
import { Refusal } from "../tools/refusal.js";

/** A person wants this done with other arguments. Whoever does not heed it has been refused. */
export class ArgumentsChanged extends Refusal {
  readonly args: JsonObject;

  constructor(args: JsonObject) {
    super("not_approved", "A person wants this done with other arguments, so it was not done with these.");
    this.args = args;
  }
}

/** Times that a person may change what they have changed. */
const MOST_EDITS = 8;

/** Does it with the arguments that a person has allowed, which may be others than were asked for; says with which. */
export async function withEdits<A, T>(
  schema: z.ZodType<A>,
  args: A,
  work: (args: A) => Promise<T>,
): Promise<{ result: T; edited?: A }> {
  let current: { args: A; edited?: A } = { args };
  for (let edits = 0; ; edits++) {
    try {
      const result = await work(current.args);
      return current.edited === undefined ? { result } : { result, edited: current.edited };
    } catch (error) {
      if (!(error instanceof ArgumentsChanged) || edits >= MOST_EDITS) throw error;
      // Whatever lies in the store is parsed: what it asks for still needs a grant of its own.
      const edited = schema.safeParse(error.args);
      if (!edited.success) throw error;
      current = { args: edited.data, edited: edited.data };
    }
  }
}

/** What the model is told of a call that a person has changed; nothing of another one. */
export function editNote(edited: object | undefined): string {
  if (edited === undefined) return "";
  return `A person changed the arguments, and it was done with exactly these: ${JSON.stringify(edited)}. `;
}

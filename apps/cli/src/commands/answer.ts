import { keysOf } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import type { ExitCode } from "../exit.js";
import { follow } from "../follow.js";

/** `vibewriter runs answer RUN TEXT`: answers what a run asks about its request, and follows it. */
export async function answer(context: Context, id: string, text: string): Promise<ExitCode> {
  const client = await connect(context);
  const run = await client.questions.answer(id, text, keysOf(context.env));
  return follow(context, client, run, { yes: false, mine: true });
}

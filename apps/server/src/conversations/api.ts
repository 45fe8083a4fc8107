import { isAbsolute } from "node:path";
import { ChatRequest, RunRecord, Todo, TurnRequest } from "@vibewriter/agent/runs";
import { z } from "zod";
import { areSources, NOT_ABSOLUTE } from "../sources.js";

/** What is said of conversations between the owner process and its clients. */

export const TurnBody = TurnRequest.strict().refine(({ sources }) => areSources(sources), NOT_ABSOLUTE);

export const ChatBody = ChatRequest.strict().refine(
  ({ sources, out }) => isAbsolute(out) && areSources(sources),
  NOT_ABSOLUTE,
);

/** The run after something was said to it, and the place in its events behind which the answer stands. */
export const SaidAnswer = z.object({ run: RunRecord, after: z.int().nonnegative() });
export type SaidAnswer = z.infer<typeof SaidAnswer>;

export const Plan = z.strictObject({ todos: z.array(Todo) });

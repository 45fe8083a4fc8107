import { isAbsolute } from "node:path";
import { ChatRequest, RunRecord, Todo, TurnRequest } from "@vibewriter/agent/runs";
import { z } from "zod";

/** What is said of conversations between the owner process and its clients. */

const ABSOLUTE = "Paths must be absolute, because the server has another working folder than you.";

export const TurnBody = TurnRequest.strict().refine(
  ({ sources }) => sources.every((path) => isAbsolute(path)),
  ABSOLUTE,
);

export const ChatBody = ChatRequest.strict().refine(
  ({ sources, out }) => [...sources, out].every((path) => isAbsolute(path)),
  ABSOLUTE,
);

/** The run after something was said to it, and the place in its events behind which the answer stands. */
export const SaidAnswer = z.object({ run: RunRecord, after: z.int().nonnegative() });
export type SaidAnswer = z.infer<typeof SaidAnswer>;

export const Plan = z.strictObject({ todos: z.array(Todo) });

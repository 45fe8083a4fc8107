import type { StoredMessage } from "@langchain/core/messages";
import { z } from "zod";

/** What LangChain stores of a model's answer, and makes a message of: who reads it may have it from a stranger. */
const Answer = z.object({
  type: z.literal("ai"),
  data: z.looseObject({
    content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]),
    id: z.string().optional(),
    name: z.string().optional(),
    tool_calls: z
      .array(z.looseObject({ name: z.string(), args: z.record(z.string(), z.unknown()), id: z.string().optional() }))
      .optional(),
    invalid_tool_calls: z.array(z.looseObject({})).optional(),
    additional_kwargs: z.looseObject({}).optional(),
    response_metadata: z.looseObject({}).optional(),
    usage_metadata: z.looseObject({}).optional(),
  }),
});

/** A model's answer as it is stored. */
export const StoredAnswer = z.custom<StoredMessage>((value) => Answer.safeParse(value).success);

/** Whether a text is a stored answer. */
export function isAnswer(text: string): boolean {
  try {
    return StoredAnswer.safeParse(JSON.parse(text)).success;
  } catch {
    return false; // It is no JSON.
  }
}

/** A message of a request, as a person is told of it: who said it, and how it begins. */
const Said = z.object({ who: z.string(), text: z.string() });
export type Said = z.infer<typeof Said>;

/** What a model was asked, as far as it is compared: digests, without what differs from run to run (see `asked.ts`). */
export const Asked = z.object({
  /** What the model was opened for. */
  role: z.string(),
  /** Of the role and of all messages that are no instructions: by it a request is found again. */
  key: z.string(),
  /** Of each of these messages, in order. */
  messages: z.array(z.string()),
  /** Of the instructions (system messages), which another release may word otherwise. */
  instructions: z.string(),
  /** Of the names and descriptions of the tools, and of whether they may be called. */
  settings: z.string(),
  /** What was new since the model's own last words, the last of it. */
  latest: z.array(Said),
});
export type Asked = z.infer<typeof Asked>;

/** One call of a model as it is kept with its run, and what came of it: an answer, or why there was none. */
export const RecordedCall = Asked.extend({
  /** The drive of the run in which it was made: one that was cut off has made calls whose answers it did not use. */
  drive: z.int(),
  /** The class of the model, and the tokens of its context as far as it says them: what is around it goes by these. */
  model: z.string(),
  contextTokens: z.number().optional(),
  /** The message, as LangChain stores one, in JSON; the run's id in it is a placeholder. */
  answer: z.string().optional(),
  failure: z
    .object({ name: z.string(), message: z.string(), status: z.number().optional(), code: z.string().optional() })
    .optional(),
  /** Why neither is there, in a sentence: it was too large, or one too many. */
  left: z.string().optional(),
  at: z.string(),
});
export type RecordedCall = z.infer<typeof RecordedCall>;

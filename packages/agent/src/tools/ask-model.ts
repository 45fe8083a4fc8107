import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { z } from "zod";
import { AskAlone, type AskAloneOptions } from "../models/ask-alone.js";
import { modelCodeOf } from "../models/model-errors.js";
import { Refusal } from "./refusal.js";

/** A model that programs in the VM may ask, on the run's account. */
export interface ProgramModel {
  ask(o: { prompt: string; instructions?: string; signal: AbortSignal }): Promise<string>;
}

/**
 * The model of a run for the programs in its VM, without tools and without a conversation: the key stays on the host. undefined where it is `offline`,
 * which answers no questions.
 * @param o.mayAsk whether the run may still spend anything
 */
export function programModel(o: Omit<AskAloneOptions, "asker"> & { mayAsk: () => boolean }): ProgramModel | undefined {
  if (o.desk.of("script").name === "offline") return undefined;
  const model = new AskAlone({ ...o, asker: "script" });
  return {
    async ask({ prompt, instructions, signal }) {
      if (!o.mayAsk()) throw new Refusal("over_budget", "The budget of the run is spent: go on without a model.");
      const said = instructions === undefined ? [] : [new SystemMessage(instructions)];
      try {
        return await model.text({ messages: [...said, new HumanMessage(prompt)], signal });
      } catch (error) {
        // A program can go on without an answer, as a person would want it told why.
        const code = modelCodeOf(error);
        if (code === undefined || !(error instanceof Error)) throw error;
        throw new Refusal(code, error.message, { cause: error });
      }
    },
  };
}

/** `ask_model`, for programs alone: agents have a model of their own. */
export function askModel(model: ProgramModel) {
  return tool(
    async ({ prompt, instructions }, { signal = new AbortController().signal }) =>
      JSON.stringify({ text: await model.ask({ prompt, instructions, signal }) }),
    {
      name: "ask_model",
      description:
        "Asks the run's model one question without tools and without a conversation; its cost counts for the run.",
      schema: z.object({
        prompt: z.string().min(1).max(200_000).describe("The question, with all that the model needs to know."),
        instructions: z.string().min(1).max(20_000).optional().describe("What the model is to be and to keep to."),
      }),
    },
  );
}

import { interrupt, isGraphBubbleUp } from "@langchain/langgraph";
import type { AskPerson } from "../tools/context.js";
import { Refusal } from "../tools/refusal.js";

/** Ends the drive with the question; the answer begins the next one, in which the tool is called again. A program in the VM has nobody to ask. */
export const askInGraph: AskPerson = (question) => {
  try {
    interrupt(question);
  } catch (cause) {
    if (isGraphBubbleUp(cause)) throw cause;
    const message = "Only an agent can ask a person, and a program cannot; have the agent do it with its own tool.";
    throw new Refusal("not_approved", message, { cause });
  }
};

import { interrupt, isGraphBubbleUp } from "@langchain/langgraph";
import type { AskPerson } from "../tools/context.js";
import { nobodyToAsk } from "./nobody-to-ask.js";

/** Ends the drive with the question; the answer begins the next one, in which the tool is called again. Outside of a graph there is nobody to ask. */
export const askInGraph: AskPerson = (question) => {
  try {
    interrupt(question);
  } catch (cause) {
    if (isGraphBubbleUp(cause)) throw cause;
    throw nobodyToAsk(cause);
  }
};

import { interrupt } from "@langchain/langgraph";
import { tool } from "langchain";
import { z } from "zod";
import { sha256 } from "../canonical.js";
import type { PersonQuestion } from "../runs/record.js";
import { oneLine, visibleText } from "../sanitize.js";
import type { ToolContext } from "./context.js";

/** `ask_person`: what the request means, where that cannot be known. The question ends the drive; the answer begins the next one. */
export function askPerson(context: ToolContext) {
  return tool(
    ({ question: words, options, assumption }) =>
      // A run that repeats another one is told what that one was told.
      context.answers.of("ask_person", { words, options, assumption }, async () => {
        const question: PersonQuestion = {
          id: sha256(`${context.scope}\n${words}`).slice(0, 16),
          kind: "clarify",
          question: oneLine(words, 500),
          options: options.map((option) => oneLine(option, 200)),
          assumption: oneLine(assumption, 500),
        };
        const asked = await context.person.ask(question);
        if (asked.state === "waiting") interrupt(question);
        const answer = asked.state === "answered" ? asked.text : undefined;
        if (answer !== undefined) {
          return { text: JSON.stringify({ answered: true, answer: visibleText(answer) }), isWhole: true };
        }
        const go_on = "Nobody answers. Go on with your assumption, and state it in the report.";
        const text = JSON.stringify({ answered: false, assumption: question.assumption, go_on });
        return { text, isWhole: true };
      }),
    {
      name: "ask_person",
      description:
        "Asks the person what the request means, once and before any other work, where it can be understood in ways that lead to different " +
        "reports. Not for what sources can answer, and not for permission. Returns {answered, answer} or, when nobody is there, {answered: false, " +
        "assumption}: then go on with the assumption.",
      schema: z.object({
        question: z.string().trim().min(1).max(2_000).describe("One question, short"),
        options: z.array(z.string().trim().min(1).max(500)).max(5).default([]).describe("The likely answers"),
        assumption: z.string().trim().min(1).max(2_000).describe("What you go by if nobody answers"),
      }),
    },
  );
}

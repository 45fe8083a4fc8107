import { AgentError } from "../errors.js";

/** The file that makes a folder a skill. */
export const SKILL_FILE = "SKILL.md";

export const MOST_FILES = 64;
/** Of all files together, in bytes. One that is published has to fit into an article, with what stands around the files. */
export const MOST_BYTES = 1_048_576;

/** What is wrong with a skill, in a sentence that says what to do. */
export function invalid(problem: string, cause?: unknown): AgentError {
  return new AgentError("invalid_skill", `This is no skill that can be taken in. ${problem}`, { cause });
}

export function tooLarge(): AgentError {
  return invalid("It has more than 1 MiB: leave out data that it can fetch or make.");
}

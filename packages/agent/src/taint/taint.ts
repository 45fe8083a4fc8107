import { AsyncLocalStorage } from "node:async_hooks";
import { markOf, type TaintMark, union } from "./origin.js";

/** What the agent at work has seen from outside, for its tools. */
export interface Taint {
  /**
   * What the agent whose tool call this is (the main one, or the subagent at work) had seen when it made the call; empty if nothing. Code that
   * works for no agent's call, such as a program in the VM that asks through the bridge, has seen the VM.
   */
  of(): Promise<readonly TaintMark[]>;
  /** What the tool call at work lays before its agent comes from there. */
  saw(...marks: readonly TaintMark[]): void;
}

interface Call {
  readonly before: readonly TaintMark[];
  /** A program has asked for it, and no agent. */
  readonly isProgram?: true;
  seen: TaintMark[];
}

/** The tool call that the current code works for. */
const currentCall = new AsyncLocalStorage<Call>();

/** Nobody knows for whom this is, so it is not for the person. */
const OUTSIDE: readonly TaintMark[] = [markOf("vm", "a program outside of the agents' calls")];

/** The taint of whichever tool call the current code works for. */
export const taintAtWork: Taint = {
  of: async () => currentCall.getStore()?.before ?? OUTSIDE,
  saw: (...marks) => {
    const call = currentCall.getStore();
    if (call !== undefined) call.seen = union(call.seen, marks);
  },
};

/** What the tool call at work has laid before its agent, as far as its tool has said it. */
export function seenAtWork(): readonly TaintMark[] {
  return currentCall.getStore()?.seen ?? [];
}

/** Works on a tool call of an agent that has seen `before`; with what the call has shown it. */
export async function duringCall<T>(
  before: readonly TaintMark[],
  work: () => Promise<T>,
): Promise<{ result: T; seen: readonly TaintMark[] }> {
  const call: Call = { before, seen: [] };
  const result = await currentCall.run(call, work);
  return { result, seen: call.seen };
}

/** Work that a person has asked for in so many words, and that no model has a part in. */
export function forPerson<T>(work: () => Promise<T>): Promise<T> {
  return currentCall.run({ before: [], seen: [] }, work);
}

/** Work that another agent asks for, over MCP: nobody here knows what that one has read. */
export function forAgent<T>(work: () => Promise<T>): Promise<T> {
  return currentCall.run({ before: [markOf("agent", "what it was asked for over MCP")], seen: [] }, work);
}

/** Work that a program in the VM asks for, whatever call happens to be under way around it. */
export function forProgram<T>(work: () => Promise<T>): Promise<T> {
  return currentCall.run({ before: OUTSIDE, isProgram: true, seen: [] }, work);
}

/** Whether the current code works for a program in the VM. */
export function isProgramAtWork(): boolean {
  return currentCall.getStore()?.isProgram === true;
}

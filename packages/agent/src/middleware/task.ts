import { AsyncLocalStorage } from "node:async_hooks";

const currentTask = new AsyncLocalStorage<string>();

/** The id of the subagent's task that the current code works for; undefined in the main agent. */
export function taskAtWork(): string | undefined {
  return currentTask.getStore();
}

/** Works on a subagent's task. */
export function duringTask<T>(task: string, work: () => Promise<T>): Promise<T> {
  return currentTask.run(task, work);
}

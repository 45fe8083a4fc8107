/** Who records for a subagent's task, as claims name it. */
export function recorderOf(task: string): string {
  return task.slice(0, 64);
}

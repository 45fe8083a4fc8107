/** What one process may do to the files it has open. */
export interface ProcessLimits {
  /** No file grows past this. */
  fileBytes: number;
}

/** `ulimit -f` counts in these. */
const blockBytes = 512;

/**
 * Enters the control groups before anything else happens, so that all that comes after is in them: memory is charged where
 * it is first used. A process that cannot enter ends.
 */
const script = [
  'ulimit -c 0 && ulimit -f "$1" && shift || exit 125',
  'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs" || exit 125; shift; done',
  'shift; exec "$@"',
].join("; ");

/** The command line that runs `command` inside control groups and limits. */
export function insideCgroups(folders: string[], limits: ProcessLimits, command: string[]): string[] {
  const blocks = Math.ceil(limits.fileBytes / blockBytes);
  return ["/bin/sh", "-c", script, "sh", String(blocks), ...folders, "--", ...command];
}

import { constants } from "node:os";

/** Those that ask a program to do something. A terminal that closes ends the command here, and the program with it. */
const FORWARDED = ["SIGINT", "SIGTERM", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/**
 * From now on signals go to the program in the VM, which decides what they mean. The same one again, when the program did not end on the
 * first, ends this command, and the program with it. Disposed, they are the system's again.
 */
export function forwardSignals(program: { signal(number: number): void }): Disposable {
  const seen = new Set<string>();
  const listeners = FORWARDED.map((name) => {
    const number = constants.signals[name];
    const listener = () => {
      const isFinal = name === "SIGINT" || name === "SIGTERM" || name === "SIGQUIT";
      if (isFinal && seen.has(name)) process.exit(128 + number);
      seen.add(name);
      program.signal(number);
    };
    process.on(name, listener);
    return [name, listener] as const;
  });
  return {
    [Symbol.dispose]: () => {
      for (const [name, listener] of listeners) process.removeListener(name, listener);
    },
  };
}

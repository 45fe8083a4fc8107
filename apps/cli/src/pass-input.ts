import type { Streams } from "./terminal.js";

/** Passes standard input on to a program in a VM, as it takes it; disposed, nothing more is read. */
export function passInput(
  { stdin }: Streams,
  program: { write(bytes: Uint8Array): Promise<boolean>; end(): void },
): Disposable {
  const pass = async () => {
    for await (const chunk of stdin) if (!(await program.write(chunk))) return;
    program.end();
  };
  // Input that cannot be read, of a terminal that is gone or a folder, has ended for the program.
  pass().catch(() => program.end());
  return { [Symbol.dispose]: () => void stdin.destroy() };
}

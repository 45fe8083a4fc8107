import { z } from "zod";

const Schema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("ready") }),
  /** Another process owns the home. */
  z.object({ state: z.literal("owned") }),
  z.object({ state: z.literal("failed"), code: z.string(), message: z.string() }),
]);

/** The one line that a starting server writes to its standard output, for the command that started it. */
export type StartMessage = z.infer<typeof Schema>;

export const StartMessage = {
  /** The message in `text`; undefined when the process ended before it wrote one. */
  read(text: string): StartMessage | undefined {
    if (!text.includes("\n")) return undefined;
    return Schema.parse(JSON.parse(text.slice(0, text.indexOf("\n"))));
  },
  /** Writes the message; the reader may be gone already. */
  write(message: StartMessage): void {
    process.stdout.on("error", ignoreClosedPipe);
    process.stdout.write(`${JSON.stringify(message)}\n`);
  },
};

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

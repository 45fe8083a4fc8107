import type { SecretInfo } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode } from "../exit.js";
import { readSecret } from "../secret-input.js";
import { age } from "../view/format.js";
import { table } from "../view/table.js";

/** `vibewriter secrets list`: names only. */
export async function secretsList(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const secrets = await (await connect(context)).secrets.list();
  if (terminal.json) terminal.printJson({ secrets });
  else if (secrets.length === 0) terminal.print("No secrets.");
  else {
    const now = Date.now();
    const rows = secrets.map(({ name, setAt, rotatedAt }) => [
      plain(name),
      `secret://${plain(name)}`,
      age(rotatedAt ?? setAt, now),
    ]);
    for (const line of table([["NAME", "WRITE", "AGE"], ...rows], terminal.outColumns)) terminal.print(line);
  }
  return EXIT.done;
}

/** `vibewriter secrets set NAME`. */
export async function secretsSet(context: Context, name: string): Promise<ExitCode> {
  const value = await readSecret(context.terminal, `The value of ${plain(name)}: `);
  return tell(context, await (await connect(context)).secrets.set(name, value));
}

/** `vibewriter secrets rotate NAME`. */
export async function secretsRotate(context: Context, name: string): Promise<ExitCode> {
  const value = await readSecret(context.terminal, `The new value of ${plain(name)}: `);
  return tell(context, await (await connect(context)).secrets.rotate(name, value));
}

/** `vibewriter secrets remove NAME`. */
export async function secretsRemove(context: Context, name: string): Promise<ExitCode> {
  const { terminal } = context;
  await (await connect(context)).secrets.remove(name);
  if (terminal.json) terminal.printJson({ removed: name });
  else terminal.print(`Removed ${plain(name)}.`);
  return EXIT.done;
}

function tell({ terminal }: Context, secret: SecretInfo): ExitCode {
  if (terminal.json) terminal.printJson({ secret });
  else terminal.print(`Write secret://${plain(secret.name)} where its value is wanted.`);
  return EXIT.done;
}

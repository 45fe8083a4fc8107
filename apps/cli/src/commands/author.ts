import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Author, codeOf, messageOf } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import { readPassphrase } from "../passphrase-file.js";
import { age, count } from "../view/format.js";
import { table } from "../view/table.js";

/** `vibewriter author list`. */
export async function authorList(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const authors = await (await connect(context)).authors.list();
  if (terminal.json) terminal.printJson({ authors });
  else if (authors.length === 0) terminal.print("No authors yet; who publishes first gets a key.");
  else {
    const rows = authors.map(({ name, publicKey, addedAt }) => [plain(name), publicKey, age(addedAt, Date.now())]);
    for (const line of table([["NAME", "KEY", "AGE"], ...rows], terminal.outColumns)) terminal.print(line);
  }
  return EXIT.done;
}

/** `vibewriter author show AUTHOR`. */
export async function authorShow(context: Context, author: string): Promise<ExitCode> {
  return tell(context, await (await connect(context)).authors.get(author));
}

/** `vibewriter author rename AUTHOR NAME`. */
export async function authorRename(context: Context, author: string, name: string): Promise<ExitCode> {
  return tell(context, await (await connect(context)).authors.rename(author, name));
}

/** `vibewriter author export AUTHOR --out FILE --passphrase-file FILE`. */
export async function authorExport(
  context: Context,
  author: string,
  o: { out: string; passphraseFile: string },
): Promise<ExitCode> {
  const { terminal, cwd } = context;
  const passphrase = await readPassphrase(cwd, o.passphraseFile);
  const key = await (await connect(context)).authors.export(author, passphrase);
  const path = resolve(cwd, o.out);
  try {
    await writeFile(path, key, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    const why =
      codeOf(cause) === "EEXIST" ? "is there already; name another file" : `cannot be written: ${messageOf(cause)}`;
    throw new UsageError(`${plain(o.out)} ${why}.`, { cause });
  }
  if (terminal.json) terminal.printJson({ file: path });
  else terminal.print(`The key is in ${plain(path)}, encrypted; whoever has it and its passphrase is this author.`);
  return EXIT.done;
}

/** `vibewriter author import FILE --passphrase-file FILE`. */
export async function authorImport(context: Context, file: string, o: { passphraseFile: string }): Promise<ExitCode> {
  const passphrase = await readPassphrase(context.cwd, o.passphraseFile);
  const key = await readText(resolve(context.cwd, file), file);
  return tell(context, await (await connect(context)).authors.import(key, passphrase));
}

/** `vibewriter author passphrase --passphrase-file FILE`: all keys, or none. */
export async function authorPassphrase(context: Context, o: { passphraseFile: string }): Promise<ExitCode> {
  const { terminal, cwd } = context;
  const passphrase = await readPassphrase(cwd, o.passphraseFile);
  const { authors } = await (await connect(context)).authors.changePassphrase(passphrase);
  if (terminal.json) terminal.printJson({ authors });
  else {
    terminal.print(
      `${count(authors, "key")} encrypted anew. From its next start on the server needs the new passphrase:`,
    );
    terminal.print("set VIBEWRITER_KEYSTORE_PASSPHRASE, or the file that VIBEWRITER_KEYSTORE_PASSPHRASE_FILE names.");
    terminal.print("Backups of before open with what they were encrypted under.");
  }
  return EXIT.done;
}

function tell({ terminal }: Context, author: Author): ExitCode {
  if (terminal.json) terminal.printJson({ author });
  else terminal.print(`${plain(author.name)}  ${author.publicKey}  since ${author.addedAt}`);
  return EXIT.done;
}

async function readText(path: string, typed: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new UsageError(`${plain(typed)} cannot be read (${plain(messageOf(cause))}); name a file.`, { cause });
  }
}

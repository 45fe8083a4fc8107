import { readFile, stat } from "node:fs/promises";
import { messageOf, ServerError } from "./errors.js";

/**
 * Takes the passphrase of the keystore out of an environment, so that no child process has it: `VIBEWRITER_KEYSTORE_PASSPHRASE`, or the file
 * that `VIBEWRITER_KEYSTORE_PASSPHRASE_FILE` names, without its last line end.
 * @throws ServerError `bad_config` for a file that cannot be read, or that others can read
 */
export async function takePassphrase(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { VIBEWRITER_KEYSTORE_PASSPHRASE: passphrase, VIBEWRITER_KEYSTORE_PASSPHRASE_FILE: file } = env;
  delete env.VIBEWRITER_KEYSTORE_PASSPHRASE;
  if (passphrase) return passphrase;
  return file ? await readPassphrase(file) : undefined;
}

async function readPassphrase(file: string): Promise<string> {
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) === 0) return (await readFile(file, "utf8")).replace(/\r?\n$/, "");
  } catch (cause) {
    const why = `The passphrase file ${file} cannot be read (${messageOf(cause)}); correct VIBEWRITER_KEYSTORE_PASSPHRASE_FILE.`;
    throw new ServerError("bad_config", why, { cause });
  }
  throw new ServerError("bad_config", `Others can read the passphrase file ${file}; run chmod 600 on it.`);
}

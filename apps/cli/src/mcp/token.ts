import { createHash, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { link, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "@vibewriter/server";
import { UsageError } from "../exit.js";

/**
 * The token that clients over HTTP have to show: in `mcp-token` in the home, made when there is none.
 * @throws UsageError if others can read the file, or there is no token in it
 */
export async function mcpToken(home: string): Promise<{ file: string; token: string }> {
  const file = join(home, "mcp-token");
  await makeOnce(file, `${randomBytes(32).toString("base64url")}\n`);
  const { mode } = await stat(file);
  if ((mode & 0o077) !== 0) throw new UsageError(`Others can read ${file}: remove it, and a new token is made.`);
  const token = (await readFile(file, "utf8")).trim();
  if (!/^[\w-]{32,}$/.test(token)) {
    throw new UsageError(`${file} has no token in it: remove it, and a new one is made.`);
  }
  return { file, token };
}

/** Whether a request's header shows the token. Hashes are compared, so that the time it takes says nothing of its length either. */
export function showsToken(header: string | undefined, token: string): boolean {
  return timingSafeEqual(hashOf(header ?? ""), hashOf(`Bearer ${token}`));
}

/** Whole at once: another command may read it while it is made. */
async function makeOnce(file: string, text: string): Promise<void> {
  const beside = `${file}.${randomUUID()}`;
  try {
    await writeFile(beside, text, { flag: "wx", mode: 0o600 });
    await link(beside, file);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  } finally {
    await rm(beside, { force: true });
  }
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

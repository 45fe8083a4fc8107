import { mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { createUser } from "@nats-io/nkeys";
import { BackboneError } from "../errors.js";

/**
 * Makes a key and writes its seed into a new file with mode 0600, the only place where it ever is.
 * @returns the public key
 * @throws BackboneError `exists` if there is such a file: somebody may be using it
 */
export async function makeSeedFile(path: string): Promise<string> {
  const user = createUser();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await using file = await open(path, "wx", 0o600);
    await file.writeFile(`${Buffer.from(user.getSeed()).toString("ascii")}\n`);
    await file.sync();
    return user.getPublicKey();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
    throw new BackboneError(
      "exists",
      `${path} is there already; remove it if nobody uses it, or name another folder.`,
      {
        cause,
      },
    );
  } finally {
    user.clear();
  }
}

export async function removeSeedFile(path: string): Promise<void> {
  await rm(path, { force: true });
}

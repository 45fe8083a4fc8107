import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { hasCode, readJson, writeJson } from "../home.js";

const fileTrait = z.object({ size: z.number(), mtimeMs: z.number() });
const templateRecord = z.object({ version: z.literal(1), memory: fileTrait, state: fileTrait });
const fileName = "template.json";

/** Writes the record by which a template is recognized as whole. Its files must be on stable storage already. */
export async function writeTemplateRecord(directory: string): Promise<void> {
  await writeJson(join(directory, fileName), await traits(directory), { durable: true });
}

/** True if the files of a template are the ones it was recorded with. */
export async function isWhole(directory: string): Promise<boolean> {
  const record = await readJson(join(directory, fileName), templateRecord);
  if (record === undefined) return false;
  try {
    return JSON.stringify(await traits(directory)) === JSON.stringify(record);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}

/** Size and time tell an untouched file from another: hashing gigabytes at each start would cost more than a boot. */
async function traits(directory: string): Promise<z.infer<typeof templateRecord>> {
  const [memory, state] = await Promise.all(
    ["memory", "state"].map(async (name) => {
      const { size, mtimeMs } = await stat(join(directory, name));
      return { size, mtimeMs };
    }),
  );
  return templateRecord.parse({ version: 1, memory, state });
}

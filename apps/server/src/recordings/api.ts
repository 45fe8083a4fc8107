import { isAbsolute } from "node:path";
import { z } from "zod";

/** The folder of a recording on the server's host. */
export const RecordingPlace = z.strictObject({
  folder: z.string().min(1).max(4_096).refine(isAbsolute, "A folder is named by its absolute path."),
});
export type RecordingPlace = z.infer<typeof RecordingPlace>;

export const WrittenAnswer = z.object({ calls: z.int() });

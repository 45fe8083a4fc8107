import type { z } from "zod";
import { ServerError } from "./errors.js";

/** Parses a value of the caller. Throws ServerError bad_request that names the first wrong field. */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join(".") ?? "";
  // A message that is a sentence of its own was written for a person; the others need the name of the field.
  const message = issue?.message ?? "The request cannot be understood.";
  throw new ServerError("bad_request", message.endsWith(".") ? message : `${field || "The request"}: ${message}.`, {
    cause: parsed.error,
  });
}

import { z } from "zod";

/** Names a secret of the home: letters, digits, `.`, `_` and `-`. */
export const SecretName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    "A secret's name has letters, digits, '.', '_' and '-', such as anthropic.",
  );

const PREFIX = "secret://";

/** Where a key is expected, the name of one of the home's secrets. */
export const SecretReference = z
  .string()
  .refine((text) => nameIn(text) !== undefined, "It must name a secret of the home, such as secret://anthropic");

/** The name in `secret://name`; undefined for everything else. */
export function nameIn(text: string): string | undefined {
  return text.startsWith(PREFIX) ? SecretName.safeParse(text.slice(PREFIX.length)).data : undefined;
}

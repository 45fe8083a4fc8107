import { z } from "zod";

/** What is said of secrets between the owner process and its clients: a value goes in, and never comes out. Times are ISO 8601. */

export const SecretValue = z.strictObject({ value: z.string() });

/** What is said of a secret: never what it is. */
export const SecretInfo = z.object({ name: z.string(), setAt: z.string(), rotatedAt: z.string().optional() });
export type SecretInfo = z.infer<typeof SecretInfo>;

export const SecretAnswer = z.object({ secret: SecretInfo });
export const SecretsAnswer = z.object({ secrets: z.array(SecretInfo) });

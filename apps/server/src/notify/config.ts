import { isIP } from "node:net";
import { z } from "zod";

/** What a person may be told of. */
export const Occasion = z.enum(["finished", "failed", "waiting"]);
export type Occasion = z.infer<typeof Occasion>;

const address = z
  .string()
  .trim()
  .min(3)
  .max(320)
  .regex(/^[^\r\n]+@[^\r\n]+$/, "It must be an address such as ada@example.org");

/** Who is told, and how, when a run finishes, fails or waits for an approval. Nothing is sent by default. */
export const NotifyConfig = {
  notify: z
    .strictObject({
      on: z.array(Occasion).min(1).default(["finished", "failed", "waiting"]),
      /** The bell of the terminal in which a command follows a run. */
      bell: z.boolean().default(true),
      /** A notice on the desktop of whoever started the server. */
      desktop: z.boolean().default(false),
      webhook: z
        .strictObject({
          url: z.url().refine(isAllowedTarget, "It must begin with https://, or with http:// and a loopback address"),
        })
        .optional(),
      email: z.strictObject({ from: address, to: z.array(address).min(1).max(20) }).optional(),
    })
    .default({ on: ["finished", "failed", "waiting"], bell: true, desktop: false }),
};
export type NotifyOptions = z.infer<typeof NotifyConfig.notify>;

/** What the channels need beside the configuration; never written down. */
export interface NotifySecrets {
  /** `whsec_` and base64 of 24 to 64 bytes. */
  readonly webhookSecret?: string;
  /** `smtp://user:password@host:587` or `smtps://...`. */
  readonly smtpUrl?: string;
}

/** Takes the secrets of notifications out of an environment, so that no child process has them. */
export function takeNotifySecrets(env: NodeJS.ProcessEnv): NotifySecrets {
  const { VIBEWRITER_WEBHOOK_SECRET: webhookSecret, VIBEWRITER_SMTP_URL: smtpUrl } = env;
  delete env.VIBEWRITER_WEBHOOK_SECRET;
  delete env.VIBEWRITER_SMTP_URL;
  return { webhookSecret: webhookSecret || undefined, smtpUrl: smtpUrl || undefined };
}

/** Without TLS only to this machine. Private networks are allowed: the address is the operator's own, and redirects are not followed. */
export function isAllowedTarget(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}

/** Whether a host is this machine itself, by its name or address. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "");
  return bare === "localhost" || bare === "::1" || (isIP(bare) === 4 && bare.startsWith("127."));
}

import { createTransport } from "nodemailer";
import { type Channel, DeliveryError } from "./channel.js";
import { isLoopback } from "./config.js";
import type { Notification } from "./notification.js";

const DEADLINE_MS = 20_000;

/** Sends notifications by SMTP. A password goes over TLS only, except to this machine itself. */
export class Email implements Channel {
  readonly name = "email";
  readonly #from: string;
  readonly #to: readonly string[];
  readonly #smtp: URL | undefined;

  /** @param smtpUrl `smtp://user:password@host:587` (STARTTLS) or `smtps://user:password@host:465` */
  constructor(o: { from: string; to: readonly string[]; smtpUrl: string | undefined }) {
    this.#from = o.from;
    this.#to = o.to;
    this.#smtp = urlOf(o.smtpUrl);
  }

  async send({ id, title, text, run }: Notification): Promise<void> {
    if (this.#smtp === undefined) {
      const message =
        "VIBEWRITER_SMTP_URL is not set or not smtp:// or smtps://; set smtp://user:password@host:587, then `vibewriter stop`.";
      throw new DeliveryError(message, { retry: true });
    }
    const transport = createTransport(optionsOf(this.#smtp));
    try {
      const lines = [text, ...(run ? ["", `Run: ${run.runId}`, `See it: vibewriter runs ${run.runId}`] : [])];
      // The same id again when it is sent again, so that mail programs show it once.
      await transport.sendMail({
        from: this.#from,
        to: [...this.#to],
        subject: title,
        text: lines.join("\n"),
        messageId: `<${id}@vibewriter>`,
      });
    } catch (cause) {
      throw failureOf(cause);
    } finally {
      transport.close();
    }
  }
}

function optionsOf(url: URL) {
  const secure = url.protocol === "smtps:";
  const auth = url.username
    ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
    : undefined;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || (secure ? 465 : 587)),
    secure,
    requireTLS: !secure && !isLoopback(url.hostname),
    auth,
    connectionTimeout: DEADLINE_MS,
    greetingTimeout: DEADLINE_MS,
    socketTimeout: DEADLINE_MS,
    dnsTimeout: DEADLINE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function urlOf(text: string | undefined): URL | undefined {
  if (!text || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return (url.protocol === "smtp:" || url.protocol === "smtps:") && url.hostname !== "" ? url : undefined;
}

/** The server's own words may repeat what was sent to it; they stay in the cause. */
function failureOf(cause: unknown): DeliveryError {
  const status = cause instanceof Error && "responseCode" in cause ? Number(cause.responseCode) : undefined;
  const isRefused = status === 530 || status === 534 || status === 535;
  if (isRefused) {
    const message = "The mail server refused the user or password; check VIBEWRITER_SMTP_URL.";
    return new DeliveryError(message, { retry: true, cause });
  }
  if (status !== undefined && status >= 500) {
    const message = `The mail server refused the message (${status}); check notify.email.from and notify.email.to.`;
    return new DeliveryError(message, { retry: false, cause });
  }
  const message = "The mail server cannot be reached or is busy; check VIBEWRITER_SMTP_URL.";
  return new DeliveryError(message, { retry: true, cause });
}

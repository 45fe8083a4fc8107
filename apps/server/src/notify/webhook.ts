import { createHmac } from "node:crypto";
import { type Channel, DeliveryError } from "./channel.js";
import type { Notification } from "./notification.js";

const DEADLINE_MS = 15_000;
const SECRET = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/;

/**
 * Posts notifications as JSON, signed as the Standard Webhooks specification says: `webhook-id`, `webhook-timestamp` (seconds) and
 * `webhook-signature: v1,<base64 of HMAC-SHA256 over "id.timestamp.body">`. Any of its libraries verifies them.
 */
export class Webhook implements Channel {
  readonly name = "webhook";
  readonly #url: string;
  readonly #key: Buffer | undefined;
  readonly #where: string;

  /**
   * @param o.secret `whsec_` and the base64 of 24 to 64 bytes; without one that is right nothing is sent
   * @param o.where what to check when the receiver cannot be reached
   */
  constructor(o: { url: string; secret: string | undefined; where: string }) {
    this.#url = o.url;
    this.#key = keyOf(o.secret);
    this.#where = o.where;
  }

  async send(notification: Notification): Promise<void> {
    if (this.#key === undefined) {
      const message =
        "VIBEWRITER_WEBHOOK_SECRET is not set or not whsec_ and base64; make one with `echo whsec_$(openssl rand -base64 32)`, then `vibewriter stop`.";
      throw new DeliveryError(message, { retry: true });
    }
    const { id, type, time, ...data } = notification;
    const body = JSON.stringify({ type, timestamp: time, data });
    const response = await this.#post(body, signatureHeaders(this.#key, id, body, new Date()));
    await response.body?.cancel();
    if (response.ok) return;
    // 410: the receiver asks to be left alone. Every other answer may be a receiver that is being mended.
    const message = `The webhook's receiver answered with HTTP ${response.status}; see its log.`;
    throw new DeliveryError(message, { retry: response.status !== 410 });
  }

  async #post(body: string, headers: Record<string, string>): Promise<Response> {
    try {
      return await fetch(this.#url, {
        method: "POST",
        body,
        headers: { ...headers, "content-type": "application/json", "user-agent": "Vibewriter" },
        redirect: "manual",
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
    } catch (cause) {
      throw new DeliveryError(`The webhook's receiver cannot be reached; check ${this.#where}.`, {
        retry: true,
        cause,
      });
    }
  }
}

function signatureHeaders(key: Buffer, id: string, body: string, at: Date): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}

function keyOf(secret: string | undefined): Buffer | undefined {
  const encoded = SECRET.exec(secret ?? "")?.[1];
  const key = encoded === undefined ? undefined : Buffer.from(encoded, "base64");
  return key && key.length >= 24 && key.length <= 64 ? key : undefined;
}

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** How long a token is good for, and how long before its end the next one is handed out. */
export const tokenMs = 600_000;
export const renewMs = 240_000;
/** Streams that the guest put the last token in front of may still be on their way. */
const graceMs = 30_000;

/** The tokens of one session of one VM: a current one, and for a moment the one before. */
export class Tokens {
  readonly #now: () => number;
  #valid: { digest: Buffer; until: number }[] = [];

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  mint(): string {
    const token = randomBytes(32).toString("base64url");
    const now = this.#now();
    const before = this.#valid.slice(-1).map((old) => ({ ...old, until: Math.min(old.until, now + graceMs) }));
    this.#valid = [...before, { digest: digestOf(token), until: now + tokenMs }];
    return token;
  }

  isCurrent(token: string): boolean {
    const digest = digestOf(token);
    const now = this.#now();
    return this.#valid.some((valid) => timingSafeEqual(valid.digest, digest) && valid.until > now);
  }
}

/** Of equal length whatever the guest sends, so that the comparison takes the same time. */
function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

import { setTimeout as sleep } from "node:timers/promises";
import type { Records } from "@vibewriter/backbone";
import type { Signer } from "@vibewriter/choir";
import { z } from "zod";
import { sha256 } from "../canonical.js";
import { AgentError } from "../errors.js";

/**
 * A statement that wants the signature of an author whose key is on another host than the worker that drives the run; under
 * `<run>.<hash of the statement>` in `VIBEWRITER_SIGNATURES`.
 */
export const SignatureRequest = z.object({
  runId: z.string(),
  /** The host that has the key: where the run was asked for. */
  host: z.string(),
  publicKey: z.string(),
  /** What is to be signed, JSON. */
  statement: z.string(),
  state: z.enum(["asked", "signed", "refused"]),
  /** base64url */
  signature: z.string().optional(),
  /** Why it was refused, a sentence for a person. */
  reason: z.string().optional(),
  at: z.string(),
});
export type SignatureRequest = z.infer<typeof SignatureRequest>;

/** How long the host with the key has to answer: one that is being started again is back by then. */
const ANSWER_MS = 10 * 60_000;
/** After so long the person is told what the run waits for. */
const SOON_MS = 5_000;
const LOOK_MS = 100;
const LONGEST_LOOK_MS = 2_000;

/** What waiting for a signature takes part in. */
export interface Waiting {
  /** Throws once another worker drives the run. */
  readonly check: () => Promise<void>;
  /** Called once, if the host does not answer soon. */
  readonly onWait: () => Promise<void>;
}

/** Signs with a key on another host: asks for it on NATS, where the process of that host looks at what it is for. */
export class RemoteSigner implements Signer {
  readonly publicKey: string;
  readonly #records: Records<SignatureRequest>;
  readonly #request: { runId: string; host: string };
  readonly #waiting: Waiting;

  constructor(records: Records<SignatureRequest>, o: { publicKey: string; runId: string; host: string } & Waiting) {
    this.#records = records;
    this.#waiting = o;
    this.publicKey = o.publicKey;
    this.#request = { runId: o.runId, host: o.host };
  }

  /** @throws AgentError `cannot_sign` if the host does not answer within ten minutes, or refuses */
  async sign(bytes: Uint8Array): Promise<Uint8Array> {
    const statement = Buffer.from(bytes).toString("utf8");
    const { runId, host } = this.#request;
    const key = `${runId}.${sha256(statement).slice(0, 40)}`;
    const asked = {
      runId,
      host,
      publicKey: this.publicKey,
      statement,
      state: "asked",
      at: new Date().toISOString(),
    } as const;
    // What was refused before may be allowed by now.
    let now = await this.#records.update(key, (before) => (before?.state === "signed" ? undefined : asked));
    const started = performance.now();
    let isTold = false;
    for (let pause = LOOK_MS; now?.state === "asked"; pause = Math.min(pause * 1.2, LONGEST_LOOK_MS)) {
      const waited = performance.now() - started;
      if (waited > ANSWER_MS) {
        const text = `The author's key is on the host ${host}, which does not answer; start its server there, then resume the run.`;
        throw new AgentError("cannot_sign", text);
      }
      if (waited > SOON_MS && !isTold) {
        isTold = true;
        await this.#waiting.onWait();
      }
      await sleep(pause);
      await this.#waiting.check();
      now = (await this.#records.get(key))?.value;
    }
    if (now?.signature !== undefined) {
      // Its event has it from here on.
      await this.#records.delete(key);
      return Buffer.from(now.signature, "base64url");
    }
    throw new AgentError(
      "cannot_sign",
      `The host ${host} does not sign for run ${runId}: ${now?.reason ?? "no reason given"}`,
    );
  }
}

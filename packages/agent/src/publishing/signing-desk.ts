import { setTimeout as sleep } from "node:timers/promises";
import type { Records } from "@vibewriter/backbone";
import type { Keystore } from "@vibewriter/choir";
import { z } from "zod";
import type { Approvals } from "../approvals/approvals.js";
import { errorCode } from "../errors.js";
import { PUBLISH_TOOL } from "../policy/arguments.js";
import type { RunRecord } from "../runs/record.js";
import type { RunStore } from "../runs/store.js";
import { type Publication, scopeOf } from "./publications.js";
import type { SignatureRequest } from "./signatures.js";

export interface SigningDeskOptions {
  readonly records: Records<SignatureRequest>;
  readonly authors: Keystore;
  readonly runs: RunStore;
  readonly approvals: Approvals;
  readonly publications: Records<Publication>;
  /** This home, as records name it. */
  readonly host: string;
}

/** What a run may have signed: its own article, and citations by that. */
const Statement = z.discriminatedUnion("statement", [
  z.looseObject({ statement: z.literal("vibewriter/article/1"), authorKey: z.string(), run: z.string() }),
  z.looseObject({ statement: z.literal("vibewriter/citation/1"), authorKey: z.string(), citing: z.string() }),
]);

const RETRY_MS = 1_000;

/**
 * Signs for the runs that were asked for on this host and are driven elsewhere, with the authors' keys of this home: the article of a run
 * that is under way and that a person has allowed to publish, and what that article cites. Everything else is refused.
 */
export class SigningDesk implements AsyncDisposable {
  readonly #o: SigningDeskOptions;
  readonly #ending = new AbortController();
  readonly #watching: Promise<void>;

  constructor(o: SigningDeskOptions) {
    this.#o = o;
    this.#watching = this.#watch();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#watching;
  }

  /** Over whatever happens to the connection, until the end. */
  async #watch(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        for await (const { key, value } of this.#o.records.watch({ signal })) {
          if (value?.state === "asked" && value.host === this.#o.host) await this.#answer(key, value);
        }
      } catch (error) {
        if (signal.aborted || errorCode(error) === "closed") return;
        // NATS is away, or an answer could not be written: what is asked is there when it is looked at again.
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #answer(key: string, request: SignatureRequest): Promise<void> {
    const answer = await this.#decide(request);
    await this.#o.records.update(key, (now) =>
      now?.state === "asked" && now.statement === request.statement ? { ...now, ...answer } : undefined,
    );
  }

  async #decide(request: SignatureRequest): Promise<Pick<SignatureRequest, "state" | "reason" | "signature">> {
    const refused = (reason: string) => ({ state: "refused" as const, reason });
    const record = await this.#o.runs.find(request.runId);
    if (record?.origin !== this.#o.host || record.authorKey !== request.publicKey) {
      return refused("The run was not asked for here by this author.");
    }
    if (record.status !== "running") return refused("The run is not under way.");
    const statement = Statement.safeParse(parseJson(request.statement)).data;
    if (statement?.authorKey !== request.publicKey) return refused("It is no article and no citation of this author.");
    if (!(await this.#isOf(record, statement)))
      return refused("It is not what a person has allowed this run to publish.");
    try {
      const signer = await this.#o.authors.signer(request.publicKey);
      if (signer === undefined) return refused("The key is not here any more.");
      const signature = await signer.sign(Buffer.from(request.statement));
      return { state: "signed", signature: Buffer.from(signature).toString("base64url") };
    } catch (error) {
      return refused(error instanceof Error ? error.message : String(error));
    }
  }

  async #isOf(record: RunRecord, statement: z.infer<typeof Statement>): Promise<boolean> {
    const { runId, work } = record;
    const scope = scopeOf(runId, work);
    if (statement.statement === "vibewriter/article/1") {
      return statement.run === runId && (await this.#o.approvals.isAllowed({ runId, scope, tool: PUBLISH_TOOL }));
    }
    return (await this.#o.publications.get(scope))?.value.article?.id === statement.citing;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Refused as what it is not.
  }
}

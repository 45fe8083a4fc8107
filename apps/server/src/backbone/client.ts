import type { Caller } from "../call.js";
import { Backup, Progress, Status, Verified } from "./api.js";

export interface LongOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** What NATS keeps for a home, for its clients. Failures are ServerErrors with the codes of the backbone. */
export class BackboneClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  status(): Promise<Status> {
    return this.#caller.call("GET", "/v1/backbone", Status);
  }

  /** Writes a backup into a new folder, an absolute path of the server's host; with a passphrase, the keys and secrets of the home are in it. */
  backUp(folder: string, o: LongOptions & { passphrase?: string } = {}): Promise<Backup> {
    const body = { folder, passphrase: o.passphrase };
    return this.#caller.work("POST", "/v1/backbone/backup", Backup, { body, ...told(o) });
  }

  /** Reads everything and says what is damaged. */
  verify(o: LongOptions = {}): Promise<Verified> {
    return this.#caller.work("POST", "/v1/backbone/verify", Verified, told(o));
  }
}

function told({ onProgress, signal }: LongOptions) {
  return { signal, onProgress: (value: unknown) => onProgress?.(Progress.parse(value)) };
}

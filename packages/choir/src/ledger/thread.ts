import { CallThread, type MethodOf } from "../threads/call-thread.js";
import type { LedgerStore } from "./store.js";

const SLOW: readonly MethodOf<LedgerStore>[] = ["open", "follow", "offerFacts", "offerTime", "endAudit"];

/** {@link LedgerStore} in a thread of its own. */
export class LedgerThread extends CallThread {
  constructor() {
    super({ file: workerFile(), name: "The ledger", slow: SLOW });
  }

  /** @throws ChoirError of the method, `timeout`, or `index_stopped` if the thread is gone. */
  call<Name extends MethodOf<LedgerStore>>(
    method: Name,
    ...args: Parameters<LedgerStore[Name]>
  ): Promise<ReturnType<LedgerStore[Name]>> {
    return this.send(method, args) as Promise<ReturnType<LedgerStore[Name]>>;
  }
}

/** The compiled worker: beside this file, or in dist/ when this file runs from its sources, as in the tests. */
function workerFile(): URL {
  const here = import.meta.url;
  return here.endsWith(".ts") ? new URL("../../dist/ledger/worker.js", here) : new URL("./worker.js", here);
}

import { CallThread, type MethodOf } from "../threads/call-thread.js";
import type { Store } from "./store.js";

const SLOW: readonly MethodOf<Store>[] = ["open", "apply", "exportHash", "explain", "assess"];

/** What a method of the store gives. */
export type StoreAnswer<Name extends MethodOf<Store>> = Awaited<ReturnType<Store[Name]>>;

/** {@link Store} in a thread of its own. */
export class StoreThread extends CallThread {
  constructor() {
    super({ file: workerFile(), name: "The knowledge base", slow: SLOW });
  }

  /** @throws ChoirError of the method, `timeout`, or `index_stopped` if the thread is gone. */
  call<Name extends MethodOf<Store>>(method: Name, ...args: Parameters<Store[Name]>): Promise<StoreAnswer<Name>> {
    return this.send(method, args) as Promise<StoreAnswer<Name>>;
  }
}

/** The compiled worker: beside this file, or in dist/ when this file runs from its sources, as in the tests. */
function workerFile(): URL {
  const here = import.meta.url;
  return here.endsWith(".ts") ? new URL("../../dist/store/worker.js", here) : new URL("./worker.js", here);
}

import type { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import type { SandboxBackendProtocolV2 } from "deepagents";

/** Calls of a backend that leave something in the sandbox. */
const LEAVES_SOMETHING: ReadonlySet<string | symbol> = new Set(["execute", "write", "edit", "delete", "uploadFiles"]);

/** A backend that tells, after each call, that something in the sandbox may have changed. */
export function watchWrites<B extends SandboxBackendProtocolV2>(backend: B, onWrite: () => void): B {
  return new Proxy(backend, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (!LEAVES_SOMETHING.has(name)) return member.bind(target);
      return async (...args: unknown[]) => {
        try {
          return (await Reflect.apply(member, target, args)) as unknown;
        } finally {
          onWrite();
        }
      };
    },
  });
}

/**
 * A checkpointer that stores what was said only once `settle` has brought what was left in the sandbox into the store: whoever goes on from
 * there, on whatever host, finds the files that the messages speak of. Changed in place, and still what it was.
 */
export function filesFirst<S extends BaseCheckpointSaver>(saver: S, settle: () => Promise<void>): S {
  const [put, putWrites] = [saver.put.bind(saver), saver.putWrites.bind(saver)];
  saver.putWrites = async (config, writes, ...rest) => {
    // A task that failed or waits has not said anything that others go on from, and its sandbox may be what failed.
    if (writes.some(([channel]) => !channel.startsWith("__"))) await settle();
    await putWrites(config, writes, ...rest);
  };
  // It does not wait for the writes of the tasks before it.
  saver.put = async (...args) => {
    await settle();
    return await put(...args);
  };
  return saver;
}

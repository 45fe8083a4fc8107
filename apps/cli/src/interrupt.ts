/**
 * From now on the first Ctrl-C aborts the signal, so that the command can end in order; the second one ends it at once. Disposed,
 * Ctrl-C is the system's again.
 */
export function interruption(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const listener = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on("SIGINT", listener);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      process.removeListener("SIGINT", listener);
    },
  };
}

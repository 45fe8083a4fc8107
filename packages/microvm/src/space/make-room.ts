/** Runs a step that adds up to `addsMiB` to a home. Throws MicroVMError `quota_exceeded` instead if there is no room for that. */
export type MakeRoom = <T>(addsMiB: number, step: () => Promise<T>) => Promise<T>;

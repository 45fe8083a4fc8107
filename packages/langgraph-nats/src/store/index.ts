export type { StoreItem, StoreItemInfo, StoreVersion } from "./item.js";
export type { NatsStoreOptions, NatsStoreUrlOptions, StoreTtl } from "./options.js";
export { NatsStore, type WriteOptions } from "./store.js";
export type { StoreChange } from "./watch.js";

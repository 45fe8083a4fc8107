import type { Frame } from "./frame.js";

/** What the `_` of a modifier stands for, by the call of the modifier. */
export const PLACEHOLDERS = new WeakMap<Frame, () => void>();

/** The share of a draft's citations that must be supported before it may be published. */
export const REQUIRED_RATE = 0.9;

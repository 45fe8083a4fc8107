export { type Advice, adviceOn } from "./advice.js";
export { applyGuide, type Styled } from "./apply.js";
export { changedFacts, type FactChange } from "./compare.js";
export { GUIDES, type Guide, guideFile, LARGEST_GUIDE, parseGuide } from "./guide.js";
export type { Refused } from "./orders.js";

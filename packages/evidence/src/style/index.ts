export { type Advice, adviceOn } from "./advice.js";
export { applyGuide, type Styled } from "./apply.js";
export { compareRewrite, type FactChange, type Rewrite } from "./compare.js";
export type { Reworded } from "./counterparts.js";
export { GUIDES, type Guide, guideFile, LARGEST_GUIDE, parseGuide } from "./guide.js";
export type { Refused } from "./orders.js";
export { rewriteText } from "./rewrite-text.js";

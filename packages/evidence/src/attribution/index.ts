export { attributionOfText } from "./attribution.js";
export {
  type ClassFigures,
  type FalseAccepts,
  type Figures,
  falseAcceptsAt,
  figuresAt,
  type Judged,
} from "./evaluation.js";
export { Label, Row, rowsOf } from "./rows.js";

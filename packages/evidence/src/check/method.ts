import { z } from "zod";

/** `lexical`: matched by code against the source's text, a model has not judged it. Earlier releases wrote `text`. */
export const Method = z.preprocess(
  (written) => (written === "text" ? "lexical" : written),
  z.enum(["lexical", "model"]),
);
export type Method = z.infer<typeof Method>;

import { tool } from "@langchain/core/tools";
import { z } from "zod";
import { googleFunction } from "../../src/models/google-schema.js";

const declared = (schema: z.ZodObject) =>
  googleFunction(tool(() => "", { name: "weigh", description: "Weighs a thing.", schema }));

describe("a tool as Gemini is told of it", () => {
  it("has only what Gemini reads of a schema, and what it does not read is left to the tool", () => {
    const schema = z.strictObject({
      what: z.string().min(1).max(9).describe("The thing."),
      unit: z.enum(["kg", "g"]).optional(),
      grams: z.int().positive().nullable(),
      kind: z.literal("stone"),
      parts: z.array(z.union([z.string(), z.object({ name: z.email() })])),
    });
    expect(declared(schema)).toEqual({
      name: "weigh",
      description: "Weighs a thing.",
      parameters: {
        type: "object",
        required: ["what", "grams", "kind", "parts"],
        properties: {
          what: { type: "string", description: "The thing.", minLength: 1, maxLength: 9 },
          unit: { type: "string", enum: ["kg", "g"] },
          grams: { type: "integer", nullable: true, maximum: Number.MAX_SAFE_INTEGER },
          kind: { type: "string", enum: ["stone"] },
          parts: {
            type: "array",
            items: {
              anyOf: [
                { type: "string" },
                {
                  type: "object",
                  required: ["name"],
                  properties: { name: expect.objectContaining({ type: "string" }) },
                },
              ],
            },
          },
        },
      },
    });
  });

  it("has no parameters where the tool has none", () => {
    expect(declared(z.object({}))).toEqual({ name: "weigh", description: "Weighs a thing." });
  });
});

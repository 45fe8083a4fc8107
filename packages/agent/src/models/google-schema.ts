import { convertToOpenAITool } from "@langchain/core/utils/function_calling";
import { z } from "zod";

/** Keywords of JSON Schema that Gemini reads as they are, except those below; any other makes the request a bad one: https://ai.google.dev/api/caching#Schema */
const KNOWN = [
  ...["title", "description", "nullable", "pattern", "default", "example", "required", "propertyOrdering"],
  ...["minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum", "minProperties", "maxProperties"],
] as const;
const FORMATS: ReadonlySet<unknown> = new Set(["date-time", "float", "double", "int32", "int64"]);

const Declared = z.object({
  name: z.string(),
  description: z.string().default("A function that can be called."),
  parameters: z.record(z.string(), z.unknown()).default({}),
});
const Fields = z.record(z.string(), z.unknown());

/** A tool as Gemini is told of it. One without parameters has none: an object without fields is refused. */
export function googleFunction(tool: Parameters<typeof convertToOpenAITool>[0]) {
  const { name, description, parameters } = Declared.parse(convertToOpenAITool(tool).function);
  const hasFields = Object.keys(Fields.safeParse(parameters.properties).data ?? {}).length > 0;
  return { name, description, ...(hasFields ? { parameters: googleSchema(parameters) } : {}) };
}

/** What of a JSON Schema Gemini reads. What it does not read the tool itself checks, as for every model. */
function googleSchema(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { anyOf: choices, nullable } = choicesOf(schema);
  // What may only be null instead is no choice to it.
  const [only = {}] = choices.length === 1 ? choices : [];
  const said = { ...schema, ...only };
  const properties = Fields.safeParse(said.properties).data;
  const items = Fields.safeParse(said.items).data;
  // Only words can be listed.
  const values = z.array(z.string()).safeParse(said.enum ?? (said.const === undefined ? undefined : [said.const])).data;
  return {
    ...(typeof said.type === "string" && { type: said.type }),
    ...(nullable && { nullable }),
    ...Object.fromEntries(KNOWN.flatMap((name) => (said[name] === undefined ? [] : [[name, said[name]]]))),
    ...(FORMATS.has(said.format) && { format: said.format }),
    ...(values !== undefined && { enum: values }),
    ...(items !== undefined && { items: googleSchema(items) }),
    ...(choices.length > 1 && { anyOf: choices.map(googleSchema) }),
    ...(properties !== undefined && { properties: schemasIn(properties) }),
  };
}

/** What a value may be by turns, in whichever way the schema says that, and whether it may be null instead. */
function choicesOf({ type, anyOf, oneOf }: Readonly<Record<string, unknown>>) {
  const types = z
    .array(z.string())
    .safeParse(type)
    .data?.map((one) => ({ type: one }));
  const all: Readonly<Record<string, unknown>>[] = types ?? z.array(Fields).safeParse(anyOf ?? oneOf).data ?? [];
  const choices = all.filter((one) => one.type !== "null");
  return { anyOf: choices, nullable: choices.length < all.length };
}

function schemasIn(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, googleSchema(Fields.safeParse(schema).data ?? {})]),
  );
}

import { Secrets } from "@vibewriter/backbone";
import { checkQuery, LONGEST_QUERY, queryOf } from "../../src/taint/search-query.js";
import type { ToolContext } from "../../src/tools/context.js";
import { searchChoirKb } from "../../src/tools/search-choir-kb.js";
import { webSearch } from "../../src/tools/web-search.js";
import { noAudit } from "../support/no-audit.js";

test("models are told by the tools that search how long a query may be", () => {
  const nothing = {} as ToolContext;
  for (const { schema } of [webSearch(nothing), searchChoirKb(nothing)]) {
    expect(schema.safeParse({ query: "b".repeat(LONGEST_QUERY) }).success).toBe(true);
    expect(schema.safeParse({ query: "b".repeat(LONGEST_QUERY + 1) }).success).toBe(false);
  }
});

test("a request of whatever length and script becomes a query that may be asked", () => {
  const context = { secrets: new Secrets(), audit: noAudit };
  for (const text of ["bees in cities ".repeat(40), `see https://a.example/${"x".repeat(90)}`, "蜂".repeat(500)]) {
    expect(queryOf(text)).not.toBe("");
    expect(() => checkQuery(context, queryOf(text))).not.toThrow();
  }
  expect(queryOf(" What do bees\nlive on? ")).toBe("What do bees live on?");
});

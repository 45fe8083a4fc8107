/** solhint's security rules over the files that standard input names as JSON: `{name: text}`; its remarks as JSON. Started by `contracts.mjs`. */
import { text } from "node:stream/consumers";
import * as parser from "@solidity-parser/parser";
import astParents from "ast-parents";
import Reporter from "solhint/lib/reporter.js";
import checkers from "solhint/lib/rules/index.js";
import TreeListener from "solhint/lib/tree-listener.js";

const RULES = [
  "reentrancy",
  "avoid-tx-origin",
  "check-send-result",
  "avoid-low-level-calls",
  "avoid-suicide",
  "avoid-call-value",
  "multiple-sends",
  "no-inline-assembly",
  "not-rely-on-block-hash",
  "state-visibility",
];

const files: unknown = JSON.parse(await text(process.stdin));
const remarks = Object.entries(files as Record<string, string>).flatMap(([file, source]) => {
  try {
    const tree = parser.parse(source, { loc: true, range: true });
    const config = { rules: Object.fromEntries(RULES.map((rule) => [rule, "warn"])) };
    const reporter = new Reporter(parser.tokenize(source, { loc: true, range: true }), config);
    astParents(tree);
    parser.visit(tree, new TreeListener(checkers(reporter, config, source, [], file)));
    return reporter.reports.map(({ line, ruleId, message }: { line: number; ruleId: string; message: string }) => ({
      file,
      line,
      rule: ruleId,
      message,
    }));
  } catch (error) {
    return [
      { file, line: 0, rule: "parse", message: error instanceof Error ? error.message.slice(0, 200) : String(error) },
    ];
  }
});
process.stdout.write(JSON.stringify(remarks));

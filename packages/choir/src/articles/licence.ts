import { createRequire } from "node:module";
import { z } from "zod";

// JSON and nothing else, as SPDX publishes them; Node 20 warns of JSON that is imported.
const load = createRequire(import.meta.url);
const IDS = new Map(
  ["spdx-license-ids", "spdx-license-ids/deprecated.json"]
    .flatMap((list) => z.array(z.string()).parse(load(list)))
    .map((id) => [id.toLowerCase(), id]),
);
const REFERENCE = /^(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+$/;
const TOKEN = /\s*(\(|\)|[A-Za-z0-9.:+-]+)/y;

/** An SPDX licence expression (ISO/IEC 5962, annex D) with the ids in SPDX's own spelling, or undefined if it is none. */
export function licenceExpression(text: string): string | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined || tokens.length === 0) return undefined;
  const parser = new Parser(tokens);
  const expression = parser.expression();
  return expression !== undefined && parser.isAtEnd ? expression : undefined;
}

export const licenceSchema = z
  .string()
  .max(100)
  .transform((text, context) => {
    const expression = licenceExpression(text);
    if (expression !== undefined) return expression;
    context.addIssue("must be an SPDX licence expression such as CC-BY-4.0");
    return z.NEVER;
  });

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** `a AND b OR c`: what binds how strongly does not matter to whether it is one. */
  expression(): string | undefined {
    const parts = [this.#term()];
    while (["AND", "OR"].includes(this.#next ?? "")) parts.push(this.#take(), this.#term());
    return parts.includes(undefined) ? undefined : parts.join(" ");
  }

  #term(): string | undefined {
    if (this.#next === "(") {
      this.#take();
      const inner = this.expression();
      return this.#take() === ")" && inner !== undefined ? `(${inner})` : undefined;
    }
    const licence = licenceId(this.#take() ?? "");
    if (licence === undefined || this.#next !== "WITH") return licence;
    this.#take();
    const exception = this.#take() ?? "";
    return /^[A-Za-z0-9.-]+$/.test(exception) ? `${licence} WITH ${exception}` : undefined;
  }

  get #next(): string | undefined {
    return this.#tokens[this.#at];
  }

  #take(): string | undefined {
    return this.#tokens[this.#at++];
  }
}

function licenceId(token: string): string | undefined {
  if (REFERENCE.test(token)) return token;
  const exact = IDS.get(token.toLowerCase());
  if (exact !== undefined || !token.endsWith("+")) return exact;
  const earlier = IDS.get(token.slice(0, -1).toLowerCase());
  return earlier && `${earlier}+`;
}

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  const trimmed = text.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const token = TOKEN.exec(trimmed)?.[1];
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens;
}

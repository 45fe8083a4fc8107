import { oneLine } from "../sanitize.js";

/** What a tool call is about, in a line for a person: its path, query or command. */
export function summarizeCall(tool: string, args: Record<string, unknown>): string {
  const of = (name: string): string => (typeof args[name] === "string" ? args[name] : "");
  switch (tool) {
    case "web_search":
    case "search_choir_kb":
      return oneLine(`“${of("query")}”`, 120);
    case "read_source":
      return oneLine(
        `${of("source")}${typeof args.offset === "number" && args.offset > 0 ? ` from ${args.offset}` : ""}`,
        120,
      );
    case "execute":
      return oneLine(of("command"), 120);
    case "cite_article":
      return oneLine(of("article_id"), 120);
    case "reach_host":
      return oneLine(`${of("host")}:${args.port ?? 443}`, 120);
    default:
      return oneLine(of("file_path") || of("filepath") || of("path") || of("pattern") || of("reason"), 120);
  }
}

/** What came out of it, in a line. */
export function summarizeResult(tool: string, text: string, ok: boolean): string {
  const value = json(text);
  if (!ok) return oneLine(errorIn(value) ?? text, 200);
  const field = (name: string): unknown =>
    typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  const results = field("results");
  switch (tool) {
    case "web_search":
      return `${Array.isArray(results) ? results.length : 0} passages`;
    case "search_choir_kb":
      return `${Array.isArray(value) ? value.length : 0} articles`;
    case "read_source":
      return oneLine(`${field("source")}: ${field("title")} (${field("chars")} characters)`);
    case "record_claims": {
      const recorded = field("recorded");
      return `${Array.isArray(recorded) ? recorded.length : 0} claims`;
    }
    case "repair_draft": {
      const changes = field("changes");
      return `${Array.isArray(changes) ? changes.length : 0} changes, rate ${field("rate")}`;
    }
    case "verify_citations":
    case "check_citations":
      return `${field("supported")} of ${field("total")} citations supported, rate ${field("rate")}`;
    case "publish_to_choir":
      return `article ${field("article_id")}, novelty ${field("novelty_score")}`;
    case "reach_host":
      return field("opened") === true ? `${field("server")} is open` : oneLine(String(field("message")), 200);
    case "cite_article":
      return oneLine(String(field("citation_text") ?? ""));
    default:
      return oneLine(text);
  }
}

/** The id of the source that was read by a call. */
export function sourceReadBy(tool: string, text: string, ok: boolean): string | undefined {
  if (tool !== "read_source" || !ok) return undefined;
  const value = json(text);
  const source: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "source") : undefined;
  return typeof source === "string" ? source : undefined;
}

function errorIn(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("error" in value)) return undefined;
  const { error } = value;
  return typeof error === "object" && error !== null && "message" in error ? String(error.message) : undefined;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

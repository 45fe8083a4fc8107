import { articleDetailsSchema } from "@vibewriter/choir";
import { AgentError } from "../errors.js";
import { RunRequest } from "./record.js";

export type ParsedRequest = ReturnType<typeof parseRequest>;

/** A request as a run needs it, with what it left out. @throws AgentError `invalid_request` with the first thing that is wrong */
export function parseRequest(request: RunRequest) {
  const parsed = RunRequest.safeParse(request);
  if (!parsed.success) {
    throw new AgentError("invalid_request", parsed.error.issues[0]?.message ?? "The request is not valid.", {
      cause: parsed.error,
    });
  }
  if (parsed.data.kind === "publish" && parsed.data.draft === undefined) {
    throw new AgentError("invalid_request", "Name the draft to publish: vibewriter publish FILE --sources PATH.");
  }
  const details = articleDetailsSchema.safeParse(parsed.data.details);
  if (details.success) return { ...parsed.data, details: details.data };
  const [issue] = details.error.issues;
  throw new AgentError("invalid_request", `The article's ${issue?.path.join(".")} ${issue?.message}.`, {
    cause: details.error,
  });
}

import { APIConnectionError, APIError, PollingTimeoutError } from "@runloop/api-client";
import { AgentError } from "../../errors.js";

/** A failure of Runloop's API, after the client's own attempts, as an error that says what to do; any other error is left as it is. */
export function runloopError(error: unknown, doing: string): unknown {
  if (error instanceof PollingTimeoutError)
    return unavailable(`Runloop did not finish ${doing} in time; try again`, error);
  if (error instanceof APIConnectionError)
    return unavailable(
      `Runloop could not be reached while ${doing} (${error.message}); see that there is a network`,
      error,
    );
  if (!(error instanceof APIError)) return error;
  if (error.status === 401 || error.status === 403) {
    const text = `Runloop refuses the key in RUNLOOP_API_KEY (${error.status}); set one that may use devboxes.`;
    return new AgentError("sandbox_refused", text, { cause: error });
  }
  if (error.status === 429)
    return unavailable(`Runloop asked to slow down again and again while ${doing} (429); try later`, error);
  if ((error.status ?? 0) >= 500)
    return unavailable(`Runloop failed while ${doing} (${error.status}); try again`, error);
  const text = `Runloop refused ${doing} (${error.status}: ${error.message.slice(0, 200)}).`;
  return new AgentError("sandbox_failed", text, { cause: error });
}

/** Whether Runloop turned a request down that it may grant for a devbox in another state. */
export function isTurnedDown(error: unknown): boolean {
  return error instanceof APIError && [400, 404, 409, 412, 422].includes(error.status ?? 0);
}

function unavailable(what: string, cause: unknown): AgentError {
  return new AgentError("sandbox_unavailable", `${what}; the run can then be resumed.`, { cause });
}

import { endpointVariables } from "@vibewriter/agent/runs";

/** The endpoints that the settings name, as the variables by which runs find them. */
export function endpointsOf({ endpoints }: { endpoints: Readonly<Record<string, string>> }): Record<string, string> {
  return Object.fromEntries(Object.entries(endpoints).map(([name, url]) => [endpointVariables(name).url, url]));
}

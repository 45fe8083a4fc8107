/**
 * Calls the agent's own tools from a script in the VM: web search, the knowledge base, sources.
 *
 *     import { call } from "vibewriter-bridge";
 *     const found = await call("web_search", { query: "yield on Base", limit: 5 });
 */
import { request } from "node:http";

/** Why there is no result; `code` is for programs, the message for people. */
export class BridgeError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.name = "BridgeError";
    this.code = code;
  }
}

/** The result of a tool. Throws BridgeError. */
export async function call(name, args = {}, { timeoutMs = 150_000 } = {}) {
  return (await ask("POST", `/v1/tools/${encodeURIComponent(name)}`, JSON.stringify(args), timeoutMs)).result;
}

/** What there is: `[{ name, description, parameters }]`. Throws BridgeError. */
export async function tools() {
  return (await ask("GET", "/v1/tools", undefined, 30_000)).tools;
}

/** Not `fetch`: where that is told to use a proxy, it asks the proxy for loopback too. */
function ask(method, path, body, timeoutMs) {
  const { VIBEWRITER_BRIDGE = "http://127.0.0.1:3129", VIBEWRITER_SCOPE } = process.env;
  const headers = { "content-type": "application/json" };
  if (body !== undefined) headers["content-length"] = Buffer.byteLength(body);
  if (VIBEWRITER_SCOPE) headers["x-vibewriter-scope"] = VIBEWRITER_SCOPE;
  return new Promise((resolve, reject) => {
    const unreachable = (cause) =>
      reject(new BridgeError("unreachable", `The bridge does not answer (${cause.message}); try again.`, { cause }));
    const signal = AbortSignal.timeout(timeoutMs);
    const asked = request(`${VIBEWRITER_BRIDGE}${path}`, { method, headers, signal }, async (answer) => {
      try {
        const parts = [];
        for await (const part of answer) parts.push(part);
        const value = JSON.parse(Buffer.concat(parts).toString());
        if (value.error) reject(new BridgeError(value.error.code, value.error.message));
        else resolve(value);
      } catch (cause) {
        unreachable(cause);
      }
    });
    asked.once("error", unreachable);
    asked.end(body);
  });
}

import { spawn } from "node:child_process";

const TIMEOUT_S = 60;
const MOST_BYTES = 32 * 1024 * 1024;

/** An answer that did not come, or makes no sense; the message says from where. */
export class HttpError extends Error {
  override readonly name = "HttpError";
}

/**
 * JSON from an address, by curl: the VM's way out is a proxy, which curl knows from the environment and Node's fetch does not.
 * @param body sent as JSON with POST; without it: GET
 */
export async function json(url: string, body?: unknown): Promise<unknown> {
  if (!/^https?:\/\//.test(url)) throw new HttpError(`${url} is no http or https address.`);
  const send = body === undefined ? [] : ["-H", "content-type: application/json", "--data-binary", "@-"];
  const args = [
    "-sS",
    "--fail-with-body",
    "--proto",
    "=http,https",
    "--max-time",
    String(TIMEOUT_S),
    "--max-filesize",
    String(MOST_BYTES),
    ...send,
    "--",
    url,
  ];
  const child = spawn("curl", args, {
    stdio: ["pipe", "pipe", "pipe"],
    signal: AbortSignal.timeout((TIMEOUT_S + 5) * 1_000),
  });
  const output: Buffer[] = [];
  let size = 0;
  let complaint = "";
  child.stdout.on("data", (part: Buffer) => {
    size += part.length;
    if (size > MOST_BYTES) child.kill("SIGKILL");
    else output.push(part);
  });
  child.stderr.on("data", (part: Buffer) => {
    complaint = `${complaint}${part}`.slice(-300);
  });
  // curl may refuse before it has read the body; its exit says why.
  child.stdin.on("error", () => undefined);
  child.stdin.end(body === undefined ? "" : JSON.stringify(body));
  const code = await new Promise<number | null>((done, failed) => {
    child.on("error", failed);
    child.on("close", done);
  }).catch((cause: unknown) => {
    throw new HttpError(`${host(url)} was not reached: is curl there, and does the egress policy allow the host?`, {
      cause,
    });
  });
  const text = Buffer.concat(output).toString();
  if (code !== 0)
    throw new HttpError(
      `${host(url)} gave no answer: ${complaint.trim() || text.slice(0, 200) || `curl ended with ${code}`}.`,
    );
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HttpError(`${host(url)} answered with something that is no JSON: ${text.slice(0, 100)}`, { cause });
  }
}

/** Addresses of nodes often end in a key: only the host is said. */
function host(url: string): string {
  return new URL(url).host;
}

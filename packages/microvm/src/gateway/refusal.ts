/** Why a program's request was not carried out, and the HTTP status that says so; the audit has the code. */
export const refusalStatus = {
  /** No rule of the VM's policy allows it. */
  not_allowed: 403,
  /** An address in the place of a name, however it is spelled. */
  direct_address: 403,
  /** The name has an address that is not on the public internet. */
  private_address: 403,
  /** Neither http nor https. */
  scheme: 403,
  /** The VM holds no current token: a copy of another VM, or one that was not told yet. */
  bad_token: 407,
  bad_host: 400,
  bad_request: 400,
  host_mismatch: 400,
  headers_too_large: 431,
  slow_request: 408,
  too_large: 413,
  too_many_requests: 429,
  too_many_connections: 429,
  too_many_names: 429,
  /** All that the VM may send and receive in its life is used up. */
  byte_limit: 403,
  name_not_found: 502,
  unreachable: 502,
  /** The server answered, but not in a way that can be passed on. */
  bad_answer: 502,
  timed_out: 502,
  too_many_redirects: 502,
  /** In a tunnel, where only a TLS alert can say so. */
  not_tls: 403,
  no_server_name: 403,
  server_name_differs: 403,
  encrypted_hello: 403,
  unknown_upstream: 403,
  upstream_not_allowed: 403,
  upstream_unavailable: 502,
  upstream_method: 403,
  upstream_path: 403,
  /** A credential of this host was about to leave in a request of the VM. */
  credential_leak: 403,
  unknown_tool: 404,
  bad_arguments: 400,
  tool_failed: 500,
} as const;

export type RefusalCode = keyof typeof refusalStatus;

/** A typed no. `message` is one sentence for whoever wrote the program, and names nothing that the program did not name itself. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  get status(): number {
    return refusalStatus[this.code];
  }
}

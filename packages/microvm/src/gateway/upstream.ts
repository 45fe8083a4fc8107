import { validateHeaderValue } from "node:http";
import { z } from "zod";
import { MicroVMError } from "../errors.js";
import { hostName } from "./host-name.js";
import { Refusal } from "./refusal.js";

/** A server that the gateway speaks to with a credential that no VM ever has: `http://gateway/<name>/...` in the VM. */
export interface UpstreamOptions {
  name: string;
  /** https, without query. */
  baseUrl: string;
  /** The header that carries the credential, such as `x-api-key`. */
  header: string;
  /** The header's whole value, asked for anew for each request; undefined: there is none now. Its last word has 12 characters or more. */
  valueFrom: () => string | undefined;
  /** Default: GET, HEAD and POST. */
  methods?: string[];
  /** Paths below `baseUrl`, each with all that is under it. Default: all. */
  paths?: string[];
}

const path = z.string().regex(/^\/[\w./~-]*$/, "a path begins with a slash and is plain");
const schema = z.object({
  name: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/, "a name is made of a-z, 0-9 and -"),
  baseUrl: z.url({ protocol: /^https$/, error: "the base URL must be https: credentials are sent over nothing else" }),
  header: z.string().regex(/^[a-z0-9-]{1,64}$/i, "a header's name is made of letters, digits and -"),
  methods: z
    .array(z.string().regex(/^[A-Z]{1,20}$/))
    .min(1)
    .default(["GET", "HEAD", "POST"]),
  paths: z.array(path).min(1).default(["/"]),
});

/** Shorter ones could not be told from ordinary text in what a server answers. */
const shortestSecret = 12;
/** Any other credential of a program: data could leave under somebody else's account. */
const otherCredentials = ["authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie"];

/** One upstream, checked. */
export class Upstream {
  readonly name: string;
  /** Name and port that its credential may be sent to. */
  readonly host: string;
  readonly port: number;
  /** In small letters. */
  readonly header: string;
  readonly #basePath: string;
  readonly #methods: readonly string[];
  readonly #paths: readonly string[];
  readonly #valueFrom: () => string | undefined;

  /** Throws MicroVMError `invalid_argument`. */
  constructor(o: UpstreamOptions) {
    const parsed = schema.safeParse(o);
    if (!parsed.success) throw invalid(o.name, parsed.error.issues[0]?.message ?? "it is not valid");
    const { name, header, methods, paths } = parsed.data;
    const base = new URL(parsed.data.baseUrl);
    if (base.username !== "" || base.password !== "" || base.search !== "" || base.hash !== "") {
      throw invalid(name, "the base URL must have neither user, query nor fragment");
    }
    this.name = name;
    this.host = publicHost(name, base.hostname);
    this.port = base.port === "" ? 443 : Number(base.port);
    this.header = header.toLowerCase();
    this.#basePath = base.pathname.replace(/\/+$/, "");
    this.#methods = methods;
    this.#paths = paths;
    this.#valueFrom = o.valueFrom;
  }

  /** The credential as it is now, or undefined. */
  get secret(): string | undefined {
    const value = this.#valueFrom();
    return value !== undefined && lastWord(value).length >= shortestSecret ? value : undefined;
  }

  /**
   * The path to ask this server for. `url` is what came after the name, as the URL standard reads it: without dot segments.
   * Throws Refusal `upstream_method`, `upstream_path`.
   */
  pathFor(method: string, url: { pathname: string; search: string }): string {
    if (!this.#methods.includes(method)) {
      throw new Refusal("upstream_method", `The upstream ${this.name} takes ${this.#methods.join(", ")} only.`);
    }
    const { pathname, search } = url;
    // What a server might read as another path after it has decoded this one.
    const isPlain = !/%2f|%5c|%2e|%25|%0|\\|\/\/|;/i.test(pathname);
    if (!isPlain || !this.#paths.some((allowed) => isUnder(pathname, allowed))) {
      throw new Refusal("upstream_path", `The upstream ${this.name} is open at ${this.#paths.join(", ")} only.`);
    }
    return `${this.#basePath}${pathname}${search}`;
  }

  /** The headers of a request with the credential of this upstream and no other. Throws Refusal `upstream_unavailable`. */
  withCredential(headers: Record<string, string | string[]>): Record<string, string | string[]> {
    const { secret, header } = this;
    if (secret === undefined || !isHeaderValue(header, secret)) {
      const text = `The host has no usable credential for the upstream ${this.name}; ask the operator to set it.`;
      throw new Refusal("upstream_unavailable", text);
    }
    const rest = Object.entries(headers).filter(([name]) => name !== header && !otherCredentials.includes(name));
    // An answer that is compressed could not be looked through for the credential.
    return { ...Object.fromEntries(rest), "accept-encoding": "identity", [header]: secret };
  }

  /** Where an answer's redirect leads in the VM: back through the gateway if it stays on this server, else as it is. */
  locationFor(location: string, at: string): string {
    const origin = `https://${this.host}${this.port === 443 ? "" : `:${this.port}`}`;
    const url = URL.canParse(location, `${origin}${at}`) ? new URL(location, `${origin}${at}`) : undefined;
    if (url?.origin !== origin || !isUnder(url.pathname, this.#basePath || "/")) return location;
    return `http://gateway/${this.name}${url.pathname.slice(this.#basePath.length)}${url.search}`;
  }
}

function lastWord(value: string): string {
  return value.slice(value.lastIndexOf(" ") + 1);
}

function isUnder(pathname: string, allowed: string): boolean {
  const folder = allowed.replace(/\/+$/, "");
  return pathname === folder || pathname.startsWith(`${folder}/`);
}

/** Said without the value: an error of Node's about it must not travel. */
function isHeaderValue(name: string, value: string): boolean {
  try {
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function publicHost(name: string, host: string): string {
  try {
    return hostName(host);
  } catch (cause) {
    throw invalid(name, cause instanceof Refusal ? cause.message.replace(/\.$/, "") : "its host is no name", cause);
  }
}

function invalid(name: string, why: string, cause?: unknown): MicroVMError {
  const text = `The upstream "${name}" cannot be used: ${why}; correct the configuration.`;
  return new MicroVMError("invalid_argument", text, { cause });
}

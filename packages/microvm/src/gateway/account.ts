import { type Audit, boundedAudit } from "./audit.js";
import { TokenBucket } from "./bucket.js";
import { type EgressPolicy, type EgressRule, isWildcard } from "./policy.js";
import { Refusal } from "./refusal.js";

const defaultBytesPerSecond = 8 * 1024 * 1024;
const defaultRequestsPerMinute = 600;
const defaultMaxBytes = 4 * 1024 ** 3;
/** Names that were never asked for before, under all wildcards of a VM together: each one can carry a message to whoever runs its zone. */
const newNamesPerMinute = 10;
const newNamesBurst = 60;
/** What may stand in front of a wildcard's suffix, in characters: a host name needs no more, a message does. */
const longestUnderWildcard = 63;
const namesRemembered = 1_024;

/** What one VM has used of what it may use. It outlives the VM's sessions, so that a restart gains nothing. */
export class Account {
  /** Bytes sent and received. */
  total = 0;
  readonly audit: Audit;
  #policy: EgressPolicy;
  #requests: TokenBucket;
  #bytes: TokenBucket;
  readonly #newNames = new TokenBucket({ perSecond: newNamesPerMinute / 60, burst: newNamesBurst });
  readonly #names = new Set<string>();

  constructor(policy: EgressPolicy, audit: Audit) {
    this.audit = boundedAudit(audit);
    this.#policy = policy;
    [this.#requests, this.#bytes] = bucketsOf(policy);
  }

  get policy(): EgressPolicy {
    return this.#policy;
  }

  /** The policy of a new session; with the same rates, what is used up stays used up. */
  set policy(policy: EgressPolicy) {
    const { bytesPerSecond, requestsPerMinute } = this.#policy;
    const isSame = bytesPerSecond === policy.bytesPerSecond && requestsPerMinute === policy.requestsPerMinute;
    if (!isSame) [this.#requests, this.#bytes] = bucketsOf(policy);
    this.#policy = policy;
  }

  /** Throws Refusal `too_many_requests`. */
  countRequest(): void {
    if (this.#requests.tryTake()) return;
    throw new Refusal("too_many_requests", "This VM makes too many requests; wait a minute and make fewer.");
  }

  /** Bounds the names that are resolved because of a wildcard. Throws Refusal `too_many_names`. */
  countName(name: string, rule: EgressRule): void {
    if (!isWildcard(rule) || this.#names.has(name)) return;
    const own = name.length - rule.host.length + 1;
    if (own > longestUnderWildcard || !this.#newNames.tryTake()) {
      throw new Refusal(
        "too_many_names",
        `This VM asks for too many names under ${rule.host}, or too long ones; use fewer.`,
      );
    }
    if (this.#names.size >= namesRemembered) this.#names.clear();
    this.#names.add(name);
  }

  /** Counts bytes about to be passed on; the milliseconds to wait first. Throws Refusal `byte_limit`. */
  countBytes(count: number): number {
    this.total += count;
    if (this.total > (this.#policy.maxBytes ?? defaultMaxBytes)) {
      throw new Refusal(
        "byte_limit",
        "This VM has sent and received all that it may; ask the operator for a larger limit.",
      );
    }
    return this.#bytes.take(count);
  }
}

function bucketsOf(policy: EgressPolicy): [TokenBucket, TokenBucket] {
  const perMinute = policy.requestsPerMinute ?? defaultRequestsPerMinute;
  const perSecond = policy.bytesPerSecond ?? defaultBytesPerSecond;
  return [
    new TokenBucket({ perSecond: perMinute / 60, burst: perMinute }),
    // A second's worth at once keeps short requests quick.
    new TokenBucket({ perSecond, burst: perSecond }),
  ];
}

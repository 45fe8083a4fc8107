/** What became of an article when it was posted, in smallest units of CHIP; `note` says how its reward came about. */
export interface ArticleOutcome {
  staked: bigint;
  rewarded: bigint;
  note?: string;
}

/** The same in words, for its author. Undefined is an article that the ledger does not have. */
export function outcomeText(outcome: ArticleOutcome | undefined): string {
  const { staked = 0n, rewarded = 0n, note } = outcome ?? {};
  const staking = staked > 0n ? "The stake comes back after 30 days." : "Nothing was staked.";
  const pending = rewarded > 0n ? " The reward is pending for 30 days." : "";
  return `${staking}${pending}${note === undefined ? "" : ` Novelty: ${note}.`}`;
}

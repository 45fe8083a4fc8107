/** What retention has to know of a checkpoint. */
export interface Kin {
  id: string;
  /** Its sequence in the stream, and that of the checkpoint before it in the log (0 for none). */
  seq: number;
  previous: number;
  parent?: { id: string; seq: number } | undefined;
  time: Date;
  /** The channels whose values it holds. */
  channels: ReadonlySet<string>;
  /** The delta channels whose values are rebuilt from what its ancestors hold. */
  deltas: readonly string[];
}

export interface Keeping {
  /** So many of the newest checkpoints stay. */
  newest: number;
  /** What is not older than this stays. */
  since: Date;
}

/** The sequences of the checkpoints that stay: the newest, the heads of all branches, the places where branches part (with the first
 * checkpoint of a later branch), and whatever the delta channels of one that stays are rebuilt from.
 * @param log the checkpoints of one thread and namespace, oldest first */
export function kept(log: readonly Kin[], { newest, since }: Keeping): Set<number> {
  const bySeq = new Map(log.map((each) => [each.seq, each]));
  const byId = new Map(log.map((each) => [each.id, each]));
  const parentOf = ({ parent }: Kin) => {
    if (parent === undefined) return undefined;
    const found = bySeq.get(parent.seq);
    return found?.id === parent.id ? found : byId.get(parent.id);
  };

  const stay = new Set<number>();
  const children = new Map<Kin, number>();
  for (const each of log) {
    const parent = parentOf(each);
    if (parent === undefined) continue;
    children.set(parent, (children.get(parent) ?? 0) + 1);
    if (parent.seq !== each.previous) stay.add(parent.seq);
  }
  for (const [index, each] of log.entries()) {
    const isNew = index >= log.length - Math.max(1, newest) || each.time >= since;
    if (isNew || (children.get(each) ?? 0) > 1) stay.add(each.seq);
    // The head of a branch: the next one was built on something else. If the next one is gone, an interrupted prune has been here, and it
    // was built on this one; so that this can be told, what follows a head stays too.
    const next = log[index + 1];
    if (!children.has(each) && next?.previous === each.seq) stay.add(each.seq).add(next.seq);
  }

  const open = log.filter(({ seq }) => stay.has(seq));
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    for (const channel of each.deltas) {
      for (let at = parentOf(each); at !== undefined; at = at.channels.has(channel) ? undefined : parentOf(at)) {
        if (stay.has(at.seq)) continue;
        stay.add(at.seq);
        open.push(at);
      }
    }
  }
  return stay;
}

import { randomBytes } from "node:crypto";
import { type Backbone, InTurn, type Records, type StoredEvent } from "@vibewriter/backbone";
import type { Choir, Subject } from "@vibewriter/choir";
import { ServerError } from "../errors.js";
import type { Log } from "../log.js";
import { BOXES, Box, BoxRecord } from "../notify/box.js";
import { testNotification, trySending } from "../notify/try-sending.js";
import type { FollowAnswer, FollowEvent, FollowInfo, FollowTest } from "./api.js";
import { eventsOf, Follow, type FollowSubject, followOf } from "./follow.js";
import { FollowedNews } from "./followed-news.js";
import { Following } from "./following.js";
import { Herald } from "./herald.js";

export interface FollowsOptions {
  readonly backbone: Backbone;
  readonly choir: Pick<Choir, "get" | "newsAfter" | "onChange" | "lastPosition">;
  /** The home as records name it: each has subscriptions of its own. */
  readonly host: string;
  readonly webhookSecret: string | undefined;
  readonly log: Log;
  /** Milliseconds before each further try of a delivery. */
  readonly waits?: readonly number[];
}

/** Each news is compared with all of them. */
const MOST_FOLLOWS = 500;

/**
 * What a home follows: authors, tags and articles. What happens to them from then on is put on the event stream, once for each subscription for
 * ever, and from there it is delivered to webhooks through the same boxes as notifications of runs.
 */
export class Follows implements AsyncDisposable {
  readonly #o: FollowsOptions;
  readonly #records: Records<Follow>;
  readonly #boxes: Records<BoxRecord>;
  readonly #following = new Map<string, Following>();
  readonly #herald: Herald;
  /** One change at a time: two requests must not make two subscriptions of one kind. */
  readonly #turn = new InTurn();

  private constructor(o: FollowsOptions, records: Records<Follow>, boxes: Records<BoxRecord>, follows: Follow[]) {
    this.#o = o;
    this.#records = records;
    this.#boxes = boxes;
    for (const follow of follows) this.#following.set(follow.id, this.#begin(follow));
    const { backbone, choir, log } = o;
    this.#herald = new Herald({ events: backbone.events, choir, log, following: () => this.#following.values() });
  }

  static async open(o: FollowsOptions): Promise<Follows> {
    const records = await o.backbone.records("VIBEWRITER_FOLLOWS", Follow);
    const boxes = await o.backbone.records(BOXES, BoxRecord);
    const all = await records.list();
    const ours = all.filter(({ key }) => key.startsWith(`${o.host}.`)).map(({ value }) => value);
    return new Follows(o, records, boxes, ours);
  }

  /** By their age, the oldest first. */
  async list(): Promise<FollowInfo[]> {
    const infos = await Promise.all([...this.#following.values()].map((one) => one.info()));
    return infos.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  }

  /** What is followed, each once. */
  subjects(): Subject[] {
    return [...this.#following.values()].map(({ follow }) => follow.subject);
  }

  /**
   * Follows something from now on; the same subject with the same webhook again is the subscription that there is.
   * @throws ServerError `conflict` where there are too many; ChoirError `unknown_article`, `ambiguous_id`
   */
  async add(subject: FollowSubject, webhook: string | null): Promise<FollowAnswer> {
    const wanted = await this.#whole(subject);
    return await this.#turn.do(async () => {
      const { kind, name } = wanted;
      const same = [...this.#following.values()].find(
        ({ follow: one }) => one.subject.kind === kind && one.subject.name === name && one.webhook === webhook,
      );
      if (same) return { follow: await same.info(), isNew: false };
      if (this.#following.size >= MOST_FOLLOWS) {
        const text = `There are ${MOST_FOLLOWS} subscriptions already; remove one with \`vibewriter follow remove\`.`;
        throw new ServerError("conflict", text);
      }
      const follow: Follow = {
        id: randomBytes(6).toString("hex"),
        subject: wanted,
        webhook,
        since: await this.#o.choir.lastPosition(),
        createdAt: new Date().toISOString(),
      };
      if (webhook !== null) await this.#box(follow.id).open(0);
      await this.#records.create(this.#key(follow.id), follow);
      const following = this.#begin(follow);
      this.#following.set(follow.id, following);
      this.#herald.goBackTo(follow.since);
      return { follow: await following.info(), isNew: true };
    });
  }

  /** Ends a subscription; what was not delivered is forgotten. @throws ServerError `not_found` */
  async remove(id: string): Promise<void> {
    await this.#turn.do(async () => {
      const following = this.#find(id);
      await this.#records.delete(this.#key(id));
      this.#following.delete(id);
      await following[Symbol.asyncDispose]();
      await this.#box(id).delete();
    });
  }

  /** Sends a test to the webhook of a subscription now. @throws ServerError `not_found`, `bad_request` where it has none */
  async test(id: string): Promise<FollowTest> {
    const { channel } = this.#find(id);
    if (channel) return await trySending(channel, testNotification());
    const text = `The subscription ${id} has no webhook; its news are on the event stream: \`vibewriter follow watch ${id}\`.`;
    throw new ServerError("bad_request", text);
  }

  /**
   * The news of one subscription, or of all, behind a place on the event stream, and then each new one as it comes, until `signal` aborts.
   * @param o.after by default the end of the event stream
   * @throws ServerError `not_found`
   */
  async *watch(o: { id?: string; after?: number; signal: AbortSignal }): AsyncGenerator<FollowEvent> {
    const { events } = this.#o.backbone;
    const { signal, id } = o;
    if (id !== undefined) this.#find(id);
    const from = (o.after ?? (await events.lastPosition())) + 1;
    const stored =
      id === undefined ? events.followAll({ from, signal }) : events.follow(eventsOf(id), { from, signal });
    for await (const event of stored) {
      if (this.#following.has(followOf(event.runId) ?? "")) yield asFollowEvent(event);
    }
  }

  /** What is not delivered yet is delivered when the home is opened again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#herald[Symbol.asyncDispose]();
    await Promise.all([...this.#following.values()].map((one) => one[Symbol.asyncDispose]()));
  }

  #begin(follow: Follow): Following {
    const { backbone, webhookSecret, log, waits } = this.#o;
    const box = this.#box(follow.id);
    return new Following(follow, { events: backbone.events, box, webhookSecret, log, ...(waits && { waits }) });
  }

  /** With the whole id of an article that is named by its beginning, and of one that there is. */
  async #whole(subject: FollowSubject): Promise<FollowSubject> {
    if (subject.kind !== "article") return subject;
    const { id } = await this.#o.choir.get(subject.name);
    return { ...subject, name: id };
  }

  #find(id: string): Following {
    const following = this.#following.get(id);
    if (following) return following;
    throw new ServerError("not_found", `There is no subscription ${id}; see \`vibewriter follow list\`.`);
  }

  #box(id: string): Box {
    return new Box(this.#boxes, `${this.#o.host}.follow.${id}`);
  }

  #key(id: string): string {
    return `${this.#o.host}.${id}`;
  }
}

function asFollowEvent({ seq, time, data }: StoredEvent): FollowEvent {
  return { ...FollowedNews.parse(data), seq, time };
}

import { setTimeout as sleep } from "node:timers/promises";
import { RunEvent, type RunRecord } from "@vibewriter/agent/runs";
import type { Backbone, StoredEvent } from "@vibewriter/backbone";
import { codeOf, messageOf, ServerError } from "../errors.js";
import type { Log } from "../log.js";
import type { NotifyStatus, NotifyTest } from "./api.js";
import { CHANNELS, type Channel, type ChannelName } from "./channel.js";
import type { NotifyOptions, NotifySecrets } from "./config.js";
import { Delivery } from "./delivery.js";
import { Desktop } from "./desktop.js";
import { Email } from "./email.js";
import { notificationOf, occasionOf } from "./notification.js";
import { Outbox } from "./outbox.js";
import { testNotification, trySending } from "./try-sending.js";
import { Webhook } from "./webhook.js";

export interface NotifierOptions {
  readonly backbone: Backbone;
  readonly home: string;
  /** The home as records of runs name it: it tells of the runs that were asked for here. */
  readonly host: string;
  readonly config: NotifyOptions;
  readonly secrets: NotifySecrets;
  /** For programs of the desktop. */
  readonly env: NodeJS.ProcessEnv;
  readonly run: (runId: string) => Promise<RunRecord>;
  readonly log: Log;
  /** Milliseconds before each further try of a delivery. */
  readonly waits?: readonly number[];
}

/** What happened longer ago is no news: of a home that was not opened for long. */
const NEWS_MS = 24 * 3_600_000;
const PAUSE_MS = 1_000;

/**
 * Tells people about runs that finished, failed or wait: reads the events of all runs from where it was, puts what is worth telling into
 * the outbox of each channel, and delivers it, each at least once and under one id.
 */
export class Notifier implements AsyncDisposable {
  readonly #o: NotifierOptions;
  readonly #outbox: Outbox;
  readonly #channels: readonly Channel[];
  readonly #deliveries: readonly Delivery[];
  readonly #closing = new AbortController();
  readonly #reading: Promise<void>;

  private constructor(o: NotifierOptions, outbox: Outbox, channels: readonly Channel[]) {
    this.#o = o;
    this.#outbox = outbox;
    this.#channels = channels;
    this.#deliveries = channels.map(
      (channel) =>
        new Delivery({ box: outbox.of(channel.name), channel, log: o.log, ...(o.waits ? { waits: o.waits } : {}) }),
    );
    this.#reading = channels.length > 0 ? this.#read() : Promise.resolve();
  }

  static async open(o: NotifierOptions): Promise<Notifier> {
    const channels = channelsOf(o);
    keepOut(o);
    const start = await o.backbone.events.lastPosition();
    const names = channels.map(({ name }) => name);
    return new Notifier(o, await Outbox.open(o.backbone, { home: o.host, channels: names, start }), channels);
  }

  /** What is set up, and what has not been delivered. */
  async status(): Promise<NotifyStatus> {
    const channels = await Promise.all(
      CHANNELS.map(async (name) => {
        const isOn = this.#channels.some((channel) => channel.name === name);
        const pending = isOn ? await this.#outbox.of(name).pending() : [];
        return { channel: name, isOn, pending: pending.length, lastError: pending.at(0)?.lastError ?? null };
      }),
    );
    const { on, bell } = this.#o.config;
    return { on, bell, channels };
  }

  /**
   * Sends a test now, past the outbox. Throws ServerError `bad_request` if nothing, or not that channel, is set up.
   * @param only one channel; default: all that are set up
   */
  async test(only?: ChannelName): Promise<NotifyTest> {
    const channels = this.#channels.filter(({ name }) => only === undefined || name === only);
    if (channels.length === 0) {
      const what = only === undefined ? "No notification is set up" : `The notification ${only} is not set up`;
      throw new ServerError("bad_request", `${what}; set notify in ${this.#o.home}/config.json, then vibewriter stop.`);
    }
    const notification = testNotification();
    const results = await Promise.all(
      channels.map(async (channel) => ({ channel: channel.name, ...(await trySending(channel, notification)) })),
    );
    return { results };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#reading;
    for (const delivery of this.#deliveries) await delivery[Symbol.asyncDispose]();
  }

  async #read(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        const positions = await Promise.all(this.#channels.map(({ name }) => this.#outbox.of(name).position()));
        const from = Math.min(...positions) + 1;
        for await (const event of this.#o.backbone.events.followAll({ from, signal })) await this.#see(event);
      } catch (error) {
        this.#o.log.write("error", "notifications stopped", { error: messageOf(error) });
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined); // Closed while waiting.
      }
    }
  }

  async #see(stored: StoredEvent): Promise<void> {
    if (stored.type !== "status" || Date.now() - Date.parse(stored.time) > NEWS_MS) return;
    const event = RunEvent.safeParse({ type: stored.type, data: stored.data });
    if (!event.success || event.data.type !== "status") return;
    const run = await this.#runOf(stored.runId);
    if (run === undefined || (run.origin ?? this.#o.host) !== this.#o.host) return;
    const occasion = occasionOf(event.data.data.status, run.kind);
    if (occasion === undefined || !this.#o.config.on.includes(occasion)) return;
    const notification = notificationOf(occasion, run, { eventId: stored.id, time: stored.time });
    for (const [index, { name }] of this.#channels.entries()) {
      if (await this.#outbox.of(name).add(stored.seq, notification)) this.#deliveries[index]?.wake();
    }
  }

  /** The record of a run; undefined if it is gone, which is no news. */
  async #runOf(runId: string): Promise<RunRecord | undefined> {
    try {
      return await this.#o.run(runId);
    } catch (error) {
      if (codeOf(error) === "run_not_found") return undefined;
      throw error;
    }
  }
}

/** What the channels authenticate with is kept out of everything that is stored. */
function keepOut({ backbone, secrets: { webhookSecret, smtpUrl } }: NotifierOptions): void {
  if (webhookSecret) backbone.secrets.register("webhook-secret", webhookSecret);
  const password = smtpUrl && URL.canParse(smtpUrl) ? decodeURIComponent(new URL(smtpUrl).password) : "";
  if (password) backbone.secrets.register("smtp-password", password);
}

function channelsOf({ config, secrets, env }: NotifierOptions): Channel[] {
  const channels: Channel[] = [];
  if (config.desktop) channels.push(new Desktop({ env }));
  if (config.webhook)
    channels.push(new Webhook({ url: config.webhook.url, secret: secrets.webhookSecret, where: "notify.webhook.url" }));
  if (config.email) channels.push(new Email({ ...config.email, smtpUrl: secrets.smtpUrl }));
  return channels;
}

import type { Backbone } from "@vibewriter/backbone";
import { BOXES, Box, BoxRecord } from "./box.js";
import { CHANNELS, type ChannelName } from "./channel.js";

/** The boxes of the channels of a home. */
export class Outbox {
  readonly #boxes: ReadonlyMap<ChannelName, Box>;

  private constructor(boxes: ReadonlyMap<ChannelName, Box>) {
    this.#boxes = boxes;
  }

  /**
   * @param o.home names this home among those that share a NATS
   * @param o.start the position of a channel that is new: what was before it is not told
   */
  static async open(
    backbone: Backbone,
    o: { home: string; channels: readonly ChannelName[]; start: number },
  ): Promise<Outbox> {
    const records = await backbone.records(BOXES, BoxRecord);
    const boxes = new Map<ChannelName, Box>();
    for (const channel of CHANNELS) {
      const box = new Box(records, `${o.home}.${channel}`);
      boxes.set(channel, box);
      if (o.channels.includes(channel)) await box.open(o.start);
      else await box.delete();
    }
    return new Outbox(boxes);
  }

  of(channel: ChannelName): Box {
    const box = this.#boxes.get(channel);
    if (box === undefined) throw new Error(`There is no channel ${channel}.`);
    return box;
  }
}

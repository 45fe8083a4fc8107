import type { FollowedEvent } from "@vibewriter/server";

/** Shows the events of one run while they come. */
export interface RunView extends Disposable {
  show(event: FollowedEvent): void;
  /** Leaves what is drawn in place, so that something else can be written. */
  pause(): void;
  resume(): void;
}

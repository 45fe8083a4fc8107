import { CHANNELS, type ChannelName, type NotifyStatus } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import { table } from "../view/table.js";

/** `vibewriter notify status`: who is told when a run finishes, fails or waits. */
export async function notifyStatus(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const status = await (await connect(context)).notifications.status();
  if (terminal.json) terminal.printJson(status);
  else for (const line of statusTable(status, terminal.outColumns)) terminal.print(line);
  return EXIT.done;
}

/** `vibewriter notify test [CHANNEL]`: sends one now, through all that are set up if none is named. */
export async function notifyTest(context: Context, channel: string | undefined): Promise<ExitCode> {
  const { terminal } = context;
  if (channel === "bell") {
    terminal.ring();
    if (terminal.json)
      terminal.printJson({ results: [{ channel, ok: terminal.isLive, message: rang(terminal.isLive) }] });
    else terminal.print(rang(terminal.isLive));
    return terminal.isLive ? EXIT.done : EXIT.failed;
  }
  const { results } = await (await connect(context)).notifications.test(channelOf(channel));
  if (terminal.json) terminal.printJson({ results });
  else for (const { channel: name, message } of results) terminal.print(`${name}: ${plain(message)}`);
  return results.every(({ ok }) => ok) ? EXIT.done : EXIT.failed;
}

function rang(isLive: boolean): string {
  return isLive ? "The bell has rung." : "Nobody watches this terminal, so the bell stays silent.";
}

function channelOf(name: string | undefined): ChannelName | undefined {
  const known = CHANNELS.find((channel) => channel === name);
  if (name !== undefined && known === undefined)
    throw new UsageError(`There is no notification ${plain(name)}; use one of bell, ${CHANNELS.join(", ")}.`);
  return known;
}

function statusTable({ on, bell, channels }: NotifyStatus, width: number): string[] {
  const rows = channels.map(({ channel, isOn, pending, lastError }) => [
    channel,
    isOn ? "on" : "off",
    String(pending),
    plain(lastError ?? ""),
  ]);
  const lines = table(
    [["CHANNEL", "", "NOT YET DELIVERED", "WHY"], ["bell", bell ? "on" : "off", "0", ""], ...rows],
    width,
  );
  return [...lines, `Told of: runs that are ${on.join(", ")}.`];
}

import { resolve } from "node:path";
import { type BackboneStatus, restoreHome } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode } from "../exit.js";
import { longWork } from "../long-work.js";
import { bytesText, count } from "../view/format.js";
import { table } from "../view/table.js";

/** `vibewriter backbone status`. */
export async function backboneStatus(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const status = await (await connect(context)).backbone.status();
  if (terminal.json) terminal.printJson(status);
  else for (const line of statusLines(status, terminal.outColumns)) terminal.print(line);
  return EXIT.done;
}

/** `vibewriter backbone backup FOLDER`. */
export async function backboneBackup(context: Context, folder: string): Promise<ExitCode> {
  const { terminal } = context;
  const { backbone } = await connect(context);
  const path = resolve(context.cwd, folder);
  return longWork(context, "Writing a backup", async (signal) => {
    const { createdAt, streams, authors } = await backbone.backUp(path, { signal });
    const bytes = streams.reduce((sum, stream) => sum + stream.bytes, 0);
    if (terminal.json) terminal.printJson({ folder: path, createdAt, streams, authors });
    else {
      const what = [count(streams.length, "stream"), bytesText(bytes), `keys of ${count(authors, "author")}`];
      terminal.print(`${what.join(", ")}, in ${plain(path)}; keep it as safe as the home.`);
    }
  });
}

/** `vibewriter backbone restore FOLDER`. */
export async function backboneRestore(context: Context, folder: string): Promise<ExitCode> {
  const { terminal, home, env } = context;
  return longWork(context, "Restoring", async (signal) => {
    const { createdAt, streams, authors } = await restoreHome(home, {
      folder: resolve(context.cwd, folder),
      env,
      signal,
    });
    if (terminal.json) {
      terminal.printJson({
        home,
        createdAt,
        streams: streams.map(({ name, messages }) => ({ name, messages })),
        authors,
      });
    } else {
      const what = `${count(streams.length, "stream")} and the keys of ${count(authors, "author")}`;
      terminal.print(`Restored ${what} as of ${plain(createdAt)}.`);
    }
  });
}

/** `vibewriter backbone verify`: exit code 1 when something is damaged. */
export async function backboneVerify(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { backbone } = await connect(context);
  let isWhole = true;
  const code = await longWork(context, "Reading everything", async (signal) => {
    const found = await backbone.verify({ signal });
    isWhole = found.problems.length === 0;
    if (terminal.json) {
      terminal.printJson(found);
      return;
    }
    const messages = Object.values(found.read).reduce((sum, read) => sum + read, 0);
    for (const { stream, problem } of found.problems) terminal.print(`${plain(stream)}: ${plain(problem)}`);
    const read = [count(messages, "message"), count(found.checkpoints, "checkpoint"), count(found.files, "version")];
    const verdict = isWhole ? "nothing is damaged" : count(found.problems.length, "problem");
    terminal.print(`${read.join(", ")} of files read: ${verdict}.`);
  });
  return code === EXIT.done && !isWhole ? EXIT.failed : code;
}

function statusLines({ server, replicas, storage, streams }: BackboneStatus, width: number): string[] {
  const where = server.cluster === undefined ? "" : `, cluster ${plain(server.cluster)}, ${replicas} copies`;
  const limit = storage.limit < 0 ? "" : ` of ${bytesText(storage.limit)}`;
  const rows = streams.map((stream) => [
    plain(stream.name),
    String(stream.messages),
    bytesText(stream.bytes),
    plain(stream.leader ?? "-"),
    copiesText(stream),
    String(stream.consumers.reduce((sum, { waiting }) => sum + waiting, 0)),
    String(stream.consumers.reduce((sum, { redelivered }) => sum + redelivered, 0)),
  ]);
  return [
    `nats-server ${plain(server.version)} (${server.tier})${where}; ${bytesText(storage.used)}${limit} stored`,
    ...(server.warning === undefined ? [] : [plain(server.warning)]),
    ...table([["STREAM", "MESSAGES", "SIZE", "LEADER", "COPIES", "WAITING", "AGAIN"], ...rows], width),
  ];
}

/** Copies that have everything, of those that there are. */
function copiesText({ copies, leader }: BackboneStatus["streams"][number]): string {
  if (copies.length === 0) return "1";
  const current = copies.filter(({ isCurrent }) => isCurrent).length + (leader === undefined ? 0 : 1);
  return `${current} of ${copies.length + 1}`;
}

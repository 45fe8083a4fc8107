import { resolve } from "node:path";
import { type BackboneStatus, restoreHome } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode } from "../exit.js";
import { longWork } from "../long-work.js";
import { readPassphrase } from "../passphrase-file.js";
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
export async function backboneBackup(
  context: Context,
  folder: string,
  o: { passphraseFile?: string },
): Promise<ExitCode> {
  const { terminal, cwd } = context;
  const passphrase = o.passphraseFile === undefined ? undefined : await readPassphrase(cwd, o.passphraseFile);
  const { backbone } = await connect(context);
  const path = resolve(cwd, folder);
  return longWork(context, "Writing a backup", async (signal) => {
    const { createdAt, streams, keys } = await backbone.backUp(path, { signal, passphrase });
    if (terminal.json) {
      terminal.printJson({ folder: path, createdAt, streams, keys });
      return;
    }
    const bytes = streams.reduce((sum, stream) => sum + stream.bytes, 0);
    const what = [count(streams.length, "stream"), bytesText(bytes), `keys of ${count(keys.authors, "author")}`];
    if (keys.isSealed) {
      terminal.print(`${[...what, ...othersText(keys)].join(", ")}, in ${plain(path)}.`);
      terminal.print(
        "Its keys and secrets open with the passphrase alone: keep that elsewhere, and the rest as safe as the home.",
      );
    } else {
      terminal.print(`${what.join(", ")}, in ${plain(path)}; keep it as safe as the home.`);
      terminal.print(`Not in it, because it has no passphrase (--passphrase-file): ${othersText(keys).join(", ")}.`);
    }
  });
}

/** `vibewriter backbone restore FOLDER`. */
export async function backboneRestore(
  context: Context,
  folder: string,
  o: { passphraseFile?: string; withoutKeys?: boolean },
): Promise<ExitCode> {
  const { terminal, home, env, cwd } = context;
  const passphrase = o.passphraseFile === undefined ? undefined : await readPassphrase(cwd, o.passphraseFile);
  return longWork(context, "Restoring", async (signal) => {
    const { createdAt, streams, keys } = await restoreHome(home, {
      ...{ folder: resolve(cwd, folder), env, signal, passphrase },
      withoutKeys: o.withoutKeys,
    });
    if (terminal.json) {
      const made = streams.map(({ name, messages }) => ({ name, messages }));
      terminal.printJson({ home, createdAt, streams: made, keys });
      return;
    }
    const what = [count(streams.length, "stream"), `the keys of ${count(keys.authors, "author")}`];
    const others = keys.isSealed ? othersText(keys) : [];
    terminal.print(`Restored ${[...what, ...others].join(", ")} as of ${plain(createdAt)}.`);
    if (!keys.isSealed) {
      terminal.print(
        "No secrets and nothing that the audit is read with came along: set the secrets again; the audit can be verified, and what it says cannot be read.",
      );
    }
    if (keys.kept.includes("secrets")) terminal.print("This home has secrets of its own, and keeps those.");
    if (keys.kept.includes("audit")) {
      terminal.print(
        "This home has an audit of its own, and keeps its keys: what was erased here is not brought back.",
      );
    }
  });
}

function othersText({ secrets, audits }: { secrets: number; audits: number }): string[] {
  return [count(secrets, "secret"), `what the audit of ${count(audits, "agent")} is read with`];
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

import { auditOf } from "../audit/audit.js";
import { watchWrites } from "../files/files-first.js";
import type { RunFolders } from "../files/run-folders.js";
import { MemoryGate } from "../memory/gate.js";
import type { EmitEvent } from "../middleware/run-scope.js";
import { ModelDesk } from "../models/desk.js";
import { modelsOf } from "../models/roles.js";
import { Publications, scopeOf } from "../publishing/publications.js";
import { Verifications } from "../publishing/verifications.js";
import { tellRefused } from "../reach/refused.js";
import { RunHosts } from "../reach/run-hosts.js";
import { runModels } from "../replay/run-models.js";
import { BudgetMeter } from "../research/budget.js";
import { Person } from "../research/person.js";
import { RunSkills } from "../skills/run-skills.js";
import { SourceMirror } from "../sources/mirror.js";
import { openSources } from "../sources/open-sources.js";
import { readerOf } from "../taint/quarantine/reader.js";
import { taintAtWork } from "../taint/taint.js";
import { traceBackend } from "../telemetry/backend.js";
import { ModelMeter } from "../telemetry/model-meter.js";
import { programModel } from "../tools/ask-model.js";
import type { ToolContext } from "../tools/context.js";
import { judgesOf } from "../verification/judges.js";
import { Workspace } from "../workspace.js";
import { type DriveOptions, elapsed } from "./driver.js";
import type { RunEvent } from "./event.js";
import type { DriveParts } from "./parts.js";
import { eventPrefix, type RunRecord, threadOf } from "./record.js";
import { signerOf } from "./signer.js";
import { reportsBefore } from "./turns.js";
import { workplaceOf } from "./workplace.js";

/** What the tools of a run stand on, with its sources read. */
export async function openContext(
  parts: DriveParts,
  record: RunRecord,
  { env, fence, started = performance.now() }: Pick<DriveOptions, "env" | "fence"> & Partial<DriveOptions>,
) {
  const { runId, agentId } = record;
  const { backbone, choir, approvals, machines } = parts;
  const audit = auditOf(parts.trail, { agentId, runId, secrets: backbone.secrets });
  const prefix = eventPrefix(record);
  let folders: RunFolders | undefined;
  const counted = { budget: record.budget, seconds: () => (record.activeMs + elapsed(started)) / 1000 };
  // A chat has no budget, and a log without an end.
  const meter =
    record.kind === "chat"
      ? new BudgetMeter(counted)
      : await BudgetMeter.open({ ...counted, events: backbone.events, runId });
  const emit: EmitEvent = async (event, id) => {
    await fence.held();
    // A model names its calls as it likes, and these names are in the ids.
    const o = { id: `${prefix}${id}`.replace(/[^\x20-\x7e]/g, "_"), epoch: fence.epoch };
    meter.saw(event, o.id);
    const seq = await backbone.events.append(runId, event.type, event.data, o);
    folders?.saw(event, seq);
  };
  const folder = `/workspace/${runId}`;
  await emit(progress(startingText(machines.sandbox)), "log.vm");
  // A script calls the tools of this run, and not of another that the same agent does meanwhile.
  const place = workplaceOf(record);
  const machine = await machines.backend(place, folder, {
    env: { VIBEWRITER_SCOPE: runId },
    keys: env,
    commandMsLeft: () => meter.commandSecondsLeft * 1000,
    commandsOver: meter.vmSpent,
  });
  const reach = machines.reach?.(place);
  const watched = watchWrites(traceBackend(machine, machines.sandbox), () => folders?.touch());
  const backend = reach === undefined ? watched : tellRefused(watched, reach);
  const sandbox = await machines.files(place, env);
  const gate = new MemoryGate();
  folders = await parts.folders.forRun({
    gate,
    agentId,
    runId,
    replays: record.replays,
    drive: record.drives,
    sandbox,
    emit,
    audit,
    // Nothing of the store refuses a file, so whoever stores one looks first.
    held: () => fence.check(),
  });
  const workspace = new Workspace(folder, backend);
  await emit(progress("Reading the sources in the reader VM."), "log.sources");
  const { sources, answers } = await openSources({
    backbone,
    choir,
    extract: machines.extractor(runId),
    store: parts.runs,
    fence,
    record,
    env,
    web: parts.web,
    emit,
  });
  const mirror = new SourceMirror(workspace, sources);
  await mirror.update();
  let isStopped = record.stopped !== undefined;
  const publications = new Publications(parts.publications, {
    fence,
    turn: record.work,
    earlier: reportsBefore(record),
  });
  const open = await runModels({
    ...{ recordings: parts.recordings, record, env },
    screen: (text) => backbone.secrets.screen(text, `recording of ${runId}`),
    isOver: async () => (await publications.get()).declined !== undefined,
    warn: (text, id) => emit({ type: "log", data: { level: "warn", text } }, id),
  });
  const { prices, observer } = parts.telemetry;
  const models = new ModelMeter({ runId, drive: record.drives, prices, observer, emit, audit });
  // A draft of one's own is published without a model.
  const desk = record.kind === "publish" ? undefined : await ModelDesk.open(modelsOf(record), open);
  const secondsLeft = () => meter.secondsToSpare;
  const asking = desk && {
    judge: {
      ...models.alone("judge"),
      ...{ desk, secondsLeft: () => meter.secondsLeft, mayAsk: () => meter.stage !== "over" },
    },
    reader: { ...models.alone("reader"), desk, secondsLeft, mayAsk: () => meter.stage !== "over" },
    // What is kept for the report is for those who read and check for it, and not for programs.
    script: { ...models.alone("script"), desk, secondsLeft, mayAsk: () => meter.mayLook },
  };
  const context: ToolContext = {
    runId,
    thread: threadOf(record),
    agentId,
    scope: scopeOf(runId, record.work),
    author: record.author,
    revises: record.revises,
    details: record.details,
    signer: () =>
      signerOf(parts, record, {
        check: () => fence.check(),
        onWait: () => emit(progress(`Waiting for the host ${record.origin}, which has the author's key.`), "log.sign"),
      }),
    workspace,
    folders,
    memories: parts.folders.memories.of(agentId).memories,
    gate,
    skills: new RunSkills({
      ...{ shelf: parts.skills, machines, agent: agentId, run: runId },
      builtIn: () => sandbox.given("/skills"),
      builtInFolder: parts.builtInSkills,
    }),
    sources,
    answers,
    replays: record.replays,
    mirror,
    claims: { list: () => sources.claims(), record: (claims) => sources.recordClaims(claims) },
    vmTime: meter,
    person: new Person({ record: () => parts.runs.get(runId), emit }),
    choir,
    ledger: parts.ledger,
    secrets: backbone.secrets,
    taint: taintAtWork,
    approvals,
    policy: parts.policy,
    audit,
    verifications: new Verifications({
      ...{ records: parts.verifications, files: backbone.files, secrets: backbone.secrets },
      ...{ fence, agentId, runId, seal: parts.seal, sources: () => sources.list() },
    }),
    publications,
    judges: asking && judgesOf(asking.judge),
    quarantine: asking && { read: readerOf(asking.reader), always: parts.quarantine },
    programModel: asking && programModel(asking.script),
    fence,
    hosts: reach && new RunHosts({ reach, fence, emit }),
    scripts: parts.bridge !== undefined && machines.hasDoors === true,
    isStopped: () => isStopped,
    stop: async (reason, explanation) => {
      isStopped = true;
      await fence.change((now) => ({ ...now, stopped: { reason, explanation } }));
    },
  };
  return { emit, backend, context, meter, models, desk };
}

function startingText(sandbox: string): string {
  if (sandbox === "microvm") return "Starting the agent's microVM; the first start on a machine takes up to a minute.";
  return `Starting the agent's sandbox at ${sandbox}: its commands run there, not on this machine.`;
}

function progress(text: string): RunEvent {
  return { type: "log", data: { level: "info", text } };
}

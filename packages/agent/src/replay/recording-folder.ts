import { constants } from "node:fs";
import { mkdir, open, readdir, writeFile } from "node:fs/promises";
import { basename, isAbsolute, join } from "node:path";
import { EvidenceCopies, EvidenceError, KeptEvidence } from "@vibewriter/evidence";
import { z } from "zod";
import { AgentError, errorCode } from "../errors.js";
import { outcomeOf } from "../runs/outcome.js";
import type { DriveParts } from "../runs/parts.js";
import { attemptOf, FIRST_TURN, isAtRest, RunRecord } from "../runs/record.js";
import { standingContext } from "../runs/standing.js";
import { RECORDED_AGENT } from "../runs/workplace.js";
import { isAnswer, RecordedCall } from "./recorded-call.js";

const FORMAT = 1;
/** Bytes of `recording.json` and of `calls.jsonl`, and of any one content. */
const LARGEST_FILE = {
  "recording.json": 16 * 1024 * 1024,
  "calls.jsonl": 256 * 1024 * 1024,
  content: 128 * 1024 * 1024,
};

/** What of a run's record its repetition needs. The id becomes a part of keys and names. */
const RecordedRun = z.object({
  runId: z.string().regex(/^run-[a-z0-9]{1,32}$/),
  ...RunRecord.pick({
    ...{ request: true, sources: true, search: true, model: true, author: true, details: true },
    ...{
      budget: true,
      found: true,
      createdAt: true,
      finishedAt: true,
      activeMs: true,
      result: true,
      answersByCount: true,
    },
  }).shape,
});
type RecordedRun = z.infer<typeof RecordedRun>;

/** A call of which is known that its answer is one. */
const TakenCall = RecordedCall.refine(({ answer }) => answer === undefined || isAnswer(answer));

const Content = z.object({ format: z.literal(FORMAT), run: RecordedRun, evidence: KeptEvidence });

/** Writes the recordings of runs into folders, and takes such folders in, for another home, a later release, or a test. */
export class RecordingFolders {
  readonly #parts: Pick<
    DriveParts,
    "backbone" | "runs" | "recordings" | "verifications" | "publications" | "seal" | "worker"
  >;

  constructor(
    parts: Pick<DriveParts, "backbone" | "runs" | "recordings" | "verifications" | "publications" | "seal" | "worker">,
  ) {
    this.#parts = parts;
  }

  /**
   * Writes a run into a new folder: `recording.json`, `calls.jsonl`, `contents/` by SHA-256, and the report.
   * @returns how many calls there are
   * @throws AgentError `run_not_found`, `run_busy`, `no_recording`; `output_failed` for a folder that has something in it, or cannot be written
   */
  async write(runId: string, folder: string): Promise<{ calls: number }> {
    const { runs, recordings, backbone } = this.#parts;
    const record = await runs.get(runId);
    if (!isAtRest(record.status)) {
      throw new AgentError("run_busy", `Run ${runId} is under way; write its recording when it is at rest.`);
    }
    const calls = await recordings.of(record);
    if (calls.length === 0) throw none(`Run ${runId} has no recording: it asked no model, or repeats another run.`);
    const copies = await EvidenceCopies.open(backbone);
    const evidence = await copies.of(record);
    const { isolation, sandbox, activeMs: durationMs } = record;
    const context = await standingContext(this.#parts, record);
    const { report } = await outcomeOf(record, context, { isolation, sandbox, lastWords: "", durationMs });
    const contents = [
      ...evidence.sources.map(({ sha256 }) => ["source", sha256] as const),
      ...Object.values(evidence.answers).map((sha256) => ["answer", sha256] as const),
    ];
    await writing(folder, async () => {
      await mkdir(join(folder, "contents"), { recursive: true });
      for (const [kind, sha256] of contents) {
        await writeFile(join(folder, "contents", sha256), await copies.content(record, kind, sha256));
      }
      await writeFile(join(folder, "calls.jsonl"), calls.map((call) => `${JSON.stringify(call)}\n`).join(""));
      if (report !== undefined) await writeFile(join(folder, "report.md"), report.markdown);
      const whole = { format: FORMAT, run: withoutPlaces(RecordedRun.parse(record), record), evidence };
      await writeFile(join(folder, "recording.json"), `${JSON.stringify(whole, null, 2)}\n`);
    });
    return { calls: calls.length };
  }

  /**
   * Takes a recording in as a run that is done, of an agent that has nothing else; a run of its id that is there stays as it is. Its report is
   * the one that lies in the folder.
   * @throws AgentError `no_recording` for a folder that has none, or one that was changed
   */
  async read(folder: string): Promise<RunRecord> {
    const { backbone, runs, recordings, worker } = this.#parts;
    const { run, evidence } = await reading(folder, "recording.json", (text) => Content.parse(JSON.parse(text)));
    const known = await runs.find(run.runId);
    if (known !== undefined) return known;
    const calls = await reading(folder, "calls.jsonl", (text) =>
      text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => TakenCall.parse(JSON.parse(line))),
    );
    const place = { agentId: RECORDED_AGENT, runId: run.runId };
    const copies = await EvidenceCopies.open(backbone);
    try {
      await copies.restore(place, evidence, (sha256) =>
        bytesIn(folder, join("contents", sha256), LARGEST_FILE.content),
      );
    } catch (cause) {
      if (!(cause instanceof EvidenceError)) throw cause;
      throw none(`${folder} cannot be taken in: ${cause.message}`, cause);
    }
    await recordings.restore(place, calls);
    const { result } = run;
    return await runs.add(
      RunRecord.parse({
        ...run,
        agentId: RECORDED_AGENT,
        kind: "research",
        status: "done",
        yes: false,
        ...{ out: folder, folder, origin: worker.host, areSourcesRead: true },
        turns: [{ id: FIRST_TURN, text: run.request, at: run.createdAt }],
        ...(result && {
          result: { ...result, agentId: RECORDED_AGENT, report: result.report && join(folder, "report.md") },
        }),
      }),
    );
  }
}

async function writing(folder: string, work: () => Promise<void>): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    if ((await readdir(folder)).length > 0) {
      throw new AgentError("output_failed", `${folder} is not empty; name a new folder with -o.`);
    }
    await work();
  } catch (cause) {
    if (cause instanceof AgentError || errorCode(cause) === undefined) throw cause;
    throw new AgentError("output_failed", `The recording cannot be written into ${folder}; name another with -o.`, {
      cause,
    });
  }
}

async function reading<T>(
  folder: string,
  name: "recording.json" | "calls.jsonl",
  parse: (text: string) => T,
): Promise<T> {
  const bytes = await bytesIn(folder, name, LARGEST_FILE[name]);
  try {
    return parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw none(`${join(folder, name)} is not as a recording has it: it was changed, or is of another release.`, cause);
  }
}

/** A stranger's folder may have links in it, pipes, and devices without an end: only plain files are read, and no more of one than it may have. */
async function bytesIn(folder: string, name: string, most: number): Promise<Uint8Array> {
  const path = join(folder, name);
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) throw none(`${path} is no plain file, as those of a recording are.`);
    const { size } = stat;
    if (size <= most) {
      const bytes = Buffer.alloc(size);
      let length = 0;
      while (length < size) {
        const { bytesRead } = await file.read(bytes, length, size - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return bytes.subarray(0, length);
    }
  } catch (cause) {
    if (cause instanceof AgentError) throw cause;
    if (errorCode(cause) === "ELOOP") throw none(`${path} is a link: put the file itself there.`, cause);
    const example = "write one with vibewriter export RUN --format recording -o FOLDER";
    throw none(`${folder} holds no whole recording (${basename(path)} cannot be read); ${example}.`, cause);
  }
  throw none(`${path} has more than ${most / 1024 / 1024} MiB, which no recording has.`);
}

/**
 * Without where things lie on the person's machine: a recording is for others. What was given is named as its sources name it, and read no more.
 * A run of an earlier release keeps its paths, by which what searches answered is found.
 */
function withoutPlaces(run: RecordedRun, record: RunRecord): RecordedRun {
  const { folder, out, sources, answersByCount } = record;
  const places = [folder, out, ...sources].filter(isAbsolute).sort((a, b) => b.length - a.length);
  const plain = (text: string) => places.reduce((now, place) => now.replaceAll(place, basename(place)), text);
  return RecordedRun.parse({
    ...run,
    replaysAttempt: attemptOf(record),
    sources: answersByCount
      ? sources.map((source) => (isAbsolute(source) ? basename(source) || "files" : source))
      : sources,
    ...(run.result && {
      result: {
        ...run.result,
        report: run.result.report && "report.md",
        ...(run.result.message !== undefined && { message: plain(run.result.message) }),
        ...(run.result.answer !== undefined && { answer: plain(run.result.answer) }),
      },
    }),
  });
}

function none(message: string, cause?: unknown): AgentError {
  return new AgentError("no_recording", message, { cause });
}

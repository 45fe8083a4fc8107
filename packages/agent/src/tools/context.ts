import type { Secrets } from "@vibewriter/backbone";
import type { Choir, Ledger, Signer } from "@vibewriter/choir";
import type { Approvals } from "../approvals/approvals.js";
import type { Audit } from "../audit/audit.js";
import type { RunFolders } from "../files/run-folders.js";
import type { MemoryGate } from "../memory/gate.js";
import type { Memories } from "../memory/memories.js";
import type { Policy } from "../policy/policy.js";
import type { Publications } from "../publishing/publications.js";
import type { Verifications } from "../publishing/verifications.js";
import type { RunHosts } from "../reach/run-hosts.js";
import type { BudgetMeter } from "../research/budget.js";
import type { ClaimBook } from "../research/claim-book.js";
import type { Person } from "../research/person.js";
import type { Fence } from "../runs/fence.js";
import type { ApprovalQuestion, ArticleDetails } from "../runs/record.js";
import type { RunSkills } from "../skills/run-skills.js";
import type { SourceMirror } from "../sources/mirror.js";
import type { RunAnswers } from "../sources/run-answers.js";
import type { RunSources } from "../sources/run-sources.js";
import type { Quarantine } from "../taint/quarantine/reader.js";
import type { Taint } from "../taint/taint.js";
import type { Judges } from "../verification/judges.js";
import type { Workspace } from "../workspace.js";
import type { ProgramModel } from "./ask-model.js";

/** What the tools of one run stand on. */
export interface ToolContext {
  readonly runId: string;
  /** Of the checkpoints; see threadOf. */
  readonly thread: string;
  readonly agentId: string;
  /** Names what the person asked for last: a publication, its approval and the budget of citations are for that. */
  readonly scope: string;
  /** The name that published articles carry. */
  readonly author: string;
  /** The article of which the draft is to be the next version. */
  readonly revises?: string;
  /** What the author says of the article beside its text. */
  readonly details: ArticleDetails;
  /** Signs for that author. Asked for right before something is signed. */
  signer(): Promise<Signer>;
  readonly workspace: Workspace;
  /** What of the VM is kept outside of it. */
  readonly folders: RunFolders;
  /** What the agent remembers. */
  readonly memories: Memories;
  /** Which changes of `/memories` become memory. */
  readonly gate: MemoryGate;
  readonly skills: Pick<RunSkills, "trusted" | "tryOut" | "propose">;
  readonly sources: RunSources;
  /** What searches answer in this run. */
  readonly answers: RunAnswers;
  /** The run that this one repeats, from what that one has read: nothing of it is published. */
  readonly replays?: string;
  readonly mirror: SourceMirror;
  /** What the run's agents have found that sources say. */
  readonly claims: ClaimBook;
  /** What a tool may take of the run's time in a VM that is not the agent's. */
  readonly vmTime: Pick<BudgetMeter, "commandSecondsLeft" | "vmSpent" | "startInVm">;
  /** Whom the agent may ask what the request means. */
  readonly person: Pick<Person, "ask" | "isThere">;
  readonly choir: Choir;
  /** Absent where another account keeps it. */
  readonly ledger?: Pick<Ledger, "article">;
  /** What must not leave this host, whoever asks for it. */
  readonly secrets: Pick<Secrets, "find">;
  /** What the agent whose tool call this is has seen from outside. */
  readonly taint: Taint;
  readonly approvals: Approvals;
  /** What agents of this home may do by themselves. */
  readonly policy: Policy;
  /** Bound to the agent and this run. */
  readonly audit: Audit;
  readonly verifications: Verifications;
  /** Reads a page where nothing that stands in it can do anything; absent where no model is asked. */
  readonly quarantine?: Quarantine;
  /** What judges sentences beside the check by text; absent where no model can. */
  readonly judges?: Judges;
  /** The model that programs in the VM may ask; absent where there is none to ask. */
  readonly programModel?: ProgramModel;
  readonly publications: Publications;
  /** Asked right before each effect: whoever was overtaken has none. */
  readonly fence: Pick<Fence, "check">;
  /** What its programs may reach because it was allowed in this run; absent where this host has no say in that. */
  readonly hosts?: RunHosts;
  /** Whether scripts in the VM can call tools of the run. */
  readonly scripts: boolean;
  /** Whether the agent itself has given a reason for ending without a report. */
  isStopped(): boolean;
  /** Keeps the agent's own reason for ending without a report. */
  stop(reason: "not_enough_evidence" | "cannot_do", explanation: string): Promise<void>;
}

/** Puts a question to a person. Returns when it was answered, or never: the graph ends and the tool is called again later. */
export type AskPerson = (question: ApprovalQuestion) => void;

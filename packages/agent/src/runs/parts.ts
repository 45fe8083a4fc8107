import { join } from "node:path";
import type { AuditTrail, Backbone, Records } from "@vibewriter/backbone";
import { type Choir, Keystore, type Ledger } from "@vibewriter/choir";
import { NatsSaver } from "@vibewriter/langgraph-nats";
import { Approval, GrantUse } from "../approvals/approval.js";
import { Approvals } from "../approvals/approvals.js";
import { Approver, Approvers } from "../approvals/approvers.js";
import { openTrail } from "../audit/open-trail.js";
import type { AgentBridge } from "../bridge/agent-bridge.js";
import { KeptFolders } from "../files/kept-folders.js";
import { HomeKey } from "../home-key.js";
import type { Machines } from "../machines.js";
import { Policy } from "../policy/policy.js";
import { Publication } from "../publishing/publications.js";
import { ReportSeal } from "../publishing/report-seal.js";
import { SignatureRequest } from "../publishing/signatures.js";
import { VerificationRecord } from "../publishing/verifications.js";
import { Recordings } from "../replay/recordings.js";
import { ResearcherLimits } from "../research/limits.js";
import { SkillRecord } from "../skills/skill-record.js";
import { SkillShelf } from "../skills/skill-shelf.js";
import { VmSkills } from "../skills/vm-skills.js";
import { Web, type WebOptions } from "../sources/web.js";
import { SILENT, type Telemetry } from "../telemetry/telemetry.js";
import { RunDefaults } from "./defaults.js";
import { workerOf } from "./identity.js";
import { RunRecord, type WorkerIdentity } from "./record.js";
import { RunStore } from "./store.js";
import { WorkerInfo } from "./worker-info.js";

/** What clients and workers of runs share. */
export interface RunParts {
  readonly backbone: Backbone;
  readonly runs: RunStore;
  readonly workers: Records<WorkerInfo>;
  readonly approvals: Approvals;
  /** What agents do and ask for, for whoever wants to know later. */
  readonly trail: AuditTrail;
  /** The authors of this home, and their keys. */
  readonly authors: Keystore;
  /** What is to be signed with keys of other hosts. */
  readonly signatures: Records<SignatureRequest>;
  /** What the models of runs have answered. */
  readonly recordings: Recordings;
  /** The web as this process searches and reads it. */
  readonly web: Web;
  /** This process. */
  readonly worker: WorkerIdentity;
  readonly telemetry: Telemetry;
  /** What runs have where nobody says otherwise. */
  readonly defaults: RunDefaults;
}

/** What drives of a home share. */
export interface DriveParts extends RunParts {
  readonly choir: Choir;
  readonly ledger?: Pick<Ledger, "article">;
  readonly machines: Machines;
  /** Where programs in the agents' VMs find the tools of their runs. */
  readonly bridge?: AgentBridge;
  readonly publications: Records<Publication>;
  readonly verifications: Records<VerificationRecord>;
  /** Signs the reports of this host, and tells those of others. */
  readonly seal: ReportSeal;
  /** What of the agents' VMs is kept outside of them. */
  readonly folders: KeptFolders;
  /** What is installed for agents, and what their runs have proposed. */
  readonly skills: SkillShelf;
  /** The folder on this machine with the skills that every VM has; absent: nobody says which those are. */
  readonly builtInSkills?: string;
  /** What each researcher of a run may use. */
  readonly researcher: ResearcherLimits;
  /** Whether agents read sources as claims only. */
  readonly quarantine: boolean;
  /** What agents of this home may do by themselves. */
  readonly policy: Policy;
}

/** Opens records, the approval key, the keystore and the checkpoint stream of a home. */
export async function openParts(o: {
  home: string;
  backbone: Backbone;
  choir: Choir;
  ledger?: Pick<Ledger, "article">;
  machines: Machines;
  bridge?: AgentBridge;
  builtInSkills?: string;
  telemetry?: Telemetry;
  passphrase?: string;
  web?: WebOptions;
  researcher?: ResearcherLimits;
  quarantine?: boolean;
  policy?: Policy;
  defaults?: RunDefaults;
  trail?: AuditTrail;
}): Promise<DriveParts> {
  const { backbone, choir, ledger, machines, bridge, builtInSkills } = o;
  const keys = join(o.home, "keys");
  const signatures = await backbone.records("VIBEWRITER_SIGNATURES", SignatureRequest);
  const [
    worker,
    runs,
    workers,
    approvals,
    uses,
    approverKeys,
    checkerKeys,
    publications,
    verifications,
    skillRecords,
    key,
    reportKey,
    authors,
    web,
    trail,
    recordings,
  ] = await Promise.all([
    workerOf(o.home),
    backbone.records("VIBEWRITER_RUNS", RunRecord),
    backbone.records("VIBEWRITER_WORKERS", WorkerInfo),
    backbone.records("VIBEWRITER_APPROVALS", Approval),
    backbone.records("VIBEWRITER_GRANTS", GrantUse),
    backbone.records("VIBEWRITER_APPROVERS", Approver),
    backbone.records("VIBEWRITER_CHECKERS", Approver),
    backbone.records("VIBEWRITER_PUBLICATIONS", Publication),
    backbone.records("VIBEWRITER_VERIFICATIONS", VerificationRecord),
    backbone.records("VIBEWRITER_SKILLS", SkillRecord),
    HomeKey.open(join(keys, "approvals.pem"), "approval"),
    HomeKey.open(join(keys, "reports.pem"), "report"),
    Keystore.open({ folder: keys, passphrase: o.passphrase, secrets: backbone.secrets }),
    Web.open(backbone, o.web),
    o.trail ?? openTrail(o),
    Recordings.open(backbone),
    NatsSaver.fromConnection(backbone.connection).setup({ replicas: backbone.replicas }),
  ]);
  key.keepOutOf(backbone.secrets);
  reportKey.keepOutOf(backbone.secrets);
  const approvers = new Approvers(approverKeys);
  await approvers.register(key.publicKey, worker.host);
  const approved = new Approvals({ key, records: approvals, uses, approvers });
  const policy = o.policy ?? Policy.parse({});
  const skills = new SkillShelf({ records: skillRecords, files: backbone.files, approvals: approved });
  return {
    backbone,
    choir,
    ledger,
    machines,
    bridge,
    worker,
    workers,
    authors,
    signatures,
    web,
    trail,
    recordings,
    runs: new RunStore(runs),
    approvals: approved,
    publications,
    verifications,
    seal: new ReportSeal({ key: reportKey, checkers: new Approvers(checkerKeys), host: worker.host }),
    folders: await KeptFolders.open(backbone, new VmSkills({ shelf: skills, policy, secrets: backbone.secrets })),
    skills,
    builtInSkills,
    telemetry: o.telemetry ?? SILENT,
    quarantine: o.quarantine ?? false,
    researcher: o.researcher ?? ResearcherLimits.parse({}),
    defaults: o.defaults ?? RunDefaults.parse({}),
    policy,
  };
}

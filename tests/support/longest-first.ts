import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes a minute or so: whole commands with their servers, runs that wait for the silence of a worker, machines. */
const LONG = [
  /^tests\/|^apps\/cli\/|^packages\/agent\/test\/runs\/(pool|quorum|resume|vm-run)/,
  /^packages\/microvm\/test\/(drivers|gateway|hostile|images|vm)\/|\/(process|cluster|bad-input|task-queue)\.test\.ts$/,
];
/** The longest of those that share a process. */
const LONG_TOGETHER =
  /\/(projection|ledger|keystore|exports|gate|web-run|orchestration|kept-vm|machines|store|contracts)\.test\.ts$/;

/**
 * Starts first what takes long, so that at the end no worker is alone with it. vitest goes by the times of the last run; on a clean clone there
 * was none, and it goes by the sizes of the files, which say little. Files that share a process come last and in one row: that is how they share it.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId, project }: TestSpecification) => {
      const path = relative(this.ctx.config.root, moduleId);
      if (project.config.isolate === false) return LONG.length + (LONG_TOGETHER.test(path) ? 1 : 2);
      const found = LONG.findIndex((long) => long.test(path));
      return found < 0 ? LONG.length : found;
    };
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes a minute or so: whole commands with their servers, runs that wait for the silence of a worker, machines. Then all else. */
const LONG = [
  /^tests\/|^apps\/cli\/|^packages\/agent\/test\/runs\/(pool|resume|vm-run)/,
  /^packages\/microvm\/test\/(drivers|gateway|hostile|images|vm)\/|\/(process|cluster|bad-input|task-queue)\.test\.ts$/,
];

/**
 * Starts first what takes long, so that at the end no worker is alone with it. vitest goes by the times of the last run; on a clean clone there
 * was none, and it goes by the sizes of the files, which say little.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const found = LONG.findIndex((long) => long.test(relative(this.ctx.config.root, moduleId)));
      return found < 0 ? LONG.length : found;
    };
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

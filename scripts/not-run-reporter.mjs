/** Says at the end of a run, in words, which tests did not run here and why; vitest itself only counts them. */
export default class NotRunReporter {
  onTestRunEnd(modules) {
    const notes = modules.flatMap((module) =>
      [...module.children.allTests("skipped")]
        .map((test) => ({ name: test.fullName, note: test.result().note }))
        .filter(({ note }) => note),
    );
    if (notes.length === 0) return;
    process.stdout.write("\n Did not run here:\n");
    for (const { name, note } of notes) process.stdout.write(`   ${name}: ${note}\n`);
  }
}

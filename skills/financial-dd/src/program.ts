/** Runs a program of the skill: prints what it returns, and says what was wrong in a sentence with exit code 2. */
export async function run(main: () => Promise<{ text: string; code: 0 | 1 | 2 }>): Promise<void> {
  try {
    const { text, code } = await main();
    console.log(text);
    process.exitCode = code;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  }
}

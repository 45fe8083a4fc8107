import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { takePassphrase } from "../src/passphrase.js";
import { tempHome } from "./support/temp-home.js";

describe("the passphrase of the keystore", () => {
  it("is taken out of the environment, or out of a file that its owner alone can read", async () => {
    await using home = await tempHome();
    const env = { VIBEWRITER_KEYSTORE_PASSPHRASE: "correct horse", PATH: "/bin" };
    expect(await takePassphrase(env)).toBe("correct horse");
    expect(env).toEqual({ PATH: "/bin" });
    expect(await takePassphrase({})).toBeUndefined();
    const file = join(home.path, "phrase");
    await writeFile(file, "battery staple\n", { mode: 0o600 });
    expect(await takePassphrase({ VIBEWRITER_KEYSTORE_PASSPHRASE_FILE: file })).toBe("battery staple");
    await chmod(file, 0o640);
    for (const wrong of [file, join(home.path, "nowhere")]) {
      const taking = takePassphrase({ VIBEWRITER_KEYSTORE_PASSPHRASE_FILE: wrong });
      await expect(taking).rejects.toMatchObject({ code: "bad_config" });
    }
  });
});

import { openTestApi } from "../../server/test/support/test-api.js";
import { Pty } from "./support/pty.js";

it("vibewriter retract asks a person on a terminal by the title, and takes Enter for no", async () => {
  await using api = await openTestApi();
  const ada = await api.authors.signer((await api.authors.named("Ada")).publicKey);
  if (ada === undefined) throw new Error("Ada has no key.");
  const { id } = await api.choir.publish({ markdown: "# Tides\n\nThey turn.", author: "Ada", key: "tides" }, ada);
  const answered = async (answer: string, ...options: string[]) => {
    using pty = new Pty(api.home, ["retract", id, "--reason", "Wrong.", ...options]);
    if (answer !== "") {
      await pty.shows(/Retract “Tides” by Ada, cited by 0 articles, for ever\?/);
      pty.type(answer);
    }
    return (await pty.ended()).code;
  };
  expect(await answered("\r")).toBe(130);
  expect(await api.choir.get(id)).not.toHaveProperty("retracted");
  expect(await answered("y\r")).toBe(0);
  expect(await api.choir.get(id)).toMatchObject({ retracted: { reason: "Wrong." } });
  // There is nothing left to ask about.
  expect(await answered("")).toBe(0);
});

import { nextOperation, withOperations } from "../src/operations.js";

test("outside a scope each call has a random id of its own, which is forgotten once answered", () => {
  const [a, b] = [nextOperation(), nextOperation()];
  expect(a.id).not.toBe(b.id);
  expect(a.transient).toBe(true);
});

test("inside a scope the n-th call has the n-th name, also over awaits and side by side", async () => {
  const names = (scope: string) =>
    withOperations(scope, async () => {
      const first = nextOperation().id;
      await new Promise((resolve) => setTimeout(resolve, 1));
      return [first, nextOperation().id];
    });
  expect(await Promise.all([names("run.call_a"), names("run.call_b")])).toEqual([
    ["run.call_a.1", "run.call_a.2"],
    ["run.call_b.1", "run.call_b.2"],
  ]);
});

test("the caller's own id wins and does not count", async () => {
  await withOperations("scope", async () => {
    expect(nextOperation("mine")).toEqual({ id: "mine", transient: false });
    expect(nextOperation().id).toBe("scope.1");
  });
});

test("a name the protocol does not allow becomes its hash, the same each time", async () => {
  const odd = () => withOperations("call|fc/ü".repeat(40), async () => nextOperation().id);
  expect(await odd()).toMatch(/^sha256-[0-9a-f]{64}\.1$/);
  expect(await odd()).toBe(await odd());
});

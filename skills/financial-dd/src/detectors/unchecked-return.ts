import type { Facts } from "../facts/facts.js";
import type { Draft } from "../finding.js";
import {
  child,
  children,
  type Node,
  nodesIn,
  parameters,
  refersTo,
  returnParameters,
  slots,
  text,
  typeId,
  typeOf,
} from "../solidity/ast.js";
import { signatureText } from "../solidity/program.js";
import type { Detector } from "./detector.js";

/** Calls that may fail without anybody noticing. */
export const uncheckedReturn: Detector = {
  id: "unchecked-return",
  about: "calls, sends and token transfers whose failure nobody looks at",
  find(facts) {
    const bodies = facts.contract.line.flatMap((base) => children(base, "nodes").filter((node) => child(node, "body")));
    return bodies
      .filter((node) => facts.program.isTarget(node))
      .flatMap((callable) => [...ignored(facts, callable), ...ignoredInAssembly(facts, callable)]);
  },
};

function ignored(facts: Facts, callable: Node): Draft[] {
  const found: Draft[] = [];
  for (const node of nodesIn(callable)) {
    if (node.nodeType === "ExpressionStatement") {
      const expression = child(node, "expression");
      const what = expression && answerOf(facts, expression);
      if (what) found.push(draftOf(facts, callable, node, what));
      // `(, data) = x.call(…)`
      const given = child(expression, "rightHandSide");
      const kept = expression?.nodeType === "Assignment" ? child(expression, "leftHandSide") : undefined;
      const assigned = given && answerOf(facts, given);
      if (assigned && kept) {
        const target = kept.nodeType === "TupleExpression" ? slots(kept, "components")[0] : kept;
        if (!target || isUnread(callable, refersTo(target), target))
          found.push(draftOf(facts, callable, node, assigned));
      }
    }
    if (node.nodeType === "VariableDeclarationStatement") {
      const what = answerOf(facts, child(node, "initialValue"));
      const [declaration] = slots(node, "declarations");
      if (what && (!declaration || isUnread(callable, declaration.id, declaration)))
        found.push(draftOf(facts, callable, node, what));
    }
  }
  return found;
}

/** What kind of call says by its answer whether it worked; undefined: none, or an answer that does not matter. */
function answerOf(facts: Facts, expression: Node | undefined): "call" | "send" | "transfer" | "approve" | undefined {
  if (expression?.nodeType !== "FunctionCall") return undefined;
  let callee = child(expression, "expression");
  while (callee?.nodeType === "FunctionCallOptions") callee = child(callee, "expression");
  const type = typeId(callee);
  if (/^t_function_(barecall|baredelegatecall|barestaticcall)_/.test(type)) return "call";
  if (type.startsWith("t_function_send")) return "send";
  if (!type.startsWith("t_function_external")) return undefined;
  const name = text(callee, "memberName");
  const declaration = facts.program.byId(refersTo(callee));
  const outputs = returnParameters(declaration);
  if (outputs.length !== 1 || typeOf(outputs[0]) !== "bool") return undefined;
  const isToken = parameters(declaration).map(typeOf).slice(-1)[0] === "uint256";
  if (/^(transfer|transferFrom)$/.test(name) && isToken) return "transfer";
  return /^(approve|increaseAllowance)$/.test(name) && isToken ? "approve" : undefined;
}

function isUnread(callable: Node, id: number | undefined, itself: Node): boolean {
  if (id === undefined) return false;
  if (returnParameters(callable).some((parameter) => parameter.id === id)) return false;
  for (const node of nodesIn(callable)) {
    if (node === itself) continue;
    if (node.nodeType === "Identifier" && refersTo(node) === id && node.lValueRequested !== true) return false;
    if (
      node.nodeType === "InlineAssembly" &&
      JSON.stringify(node.externalReferences ?? []).includes(`"declaration":${id},`)
    )
      return false;
  }
  return true;
}

function draftOf(facts: Facts, callable: Node, node: Node, what: "call" | "send" | "transfer" | "approve"): Draft {
  const names = { call: "a low-level call", send: "a send", transfer: "a token transfer", approve: "an approval" };
  const name = text(callable, "name") ? signatureText(callable) : text(callable, "kind");
  return {
    title: `The answer of ${names[what]} is ignored: ${name}`,
    severity: what === "approve" ? "low" : "medium",
    likelihood: "possible",
    function: name,
    where: facts.program.placeOf(node),
    why: `If it fails, the function goes on as if it had worked${what === "transfer" ? "; many tokens answer false instead of reverting" : ""}.`,
  };
}

function ignoredInAssembly(facts: Facts, callable: Node): Draft[] {
  const found: Draft[] = [];
  for (const node of nodesIn(callable)) {
    if (node.nodeType !== "YulExpressionStatement") continue;
    const call = child(node, "expression");
    const [inner] = children(call, "arguments");
    const isPop = text(child(call, "functionName"), "name") === "pop";
    if (isPop && /^(call|delegatecall)$/.test(text(child(inner, "functionName"), "name")))
      found.push(draftOf(facts, callable, node, "call"));
  }
  return found;
}

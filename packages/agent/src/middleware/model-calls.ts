import { type AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { createMiddleware } from "langchain";
import { AgentError } from "../errors.js";
import { type AnswerFault, faultIn, isRefusal, signedBy } from "../models/answer.js";
import { ANSWER_LIMITS, type AnswerLimits, AnswerWatch, type Written } from "../models/answer-watch.js";
import { withOwnCallIds } from "../models/call-ids.js";
import type { ModelDesk, OpenedModel } from "../models/desk.js";
import { explainModelError, isUnreadableCall, mayPass } from "../models/model-errors.js";
import { PATIENCE, type Patience, patiently } from "../models/patience.js";
import type { ModelRole } from "../models/roles.js";
import { writing } from "../models/writing.js";
import type { ModelMeter } from "../telemetry/model-meter.js";
import { usageOf } from "../telemetry/usage.js";
import type { EmitEvent } from "./run-scope.js";
import { taskAtWork } from "./task.js";

export interface ModelCallsOptions {
  /** `vibewriter` or the subagent's name. */
  readonly agent: string;
  readonly role: ModelRole;
  readonly desk: ModelDesk;
  readonly emit: EmitEvent;
  /** Is told of answers that could not be used. */
  readonly meter: Pick<ModelMeter, "unused">;
  /** Is shown each answer as it is written; default: the run's events are. */
  readonly watch?: (o: { agent: string; task: string | undefined; step: string }) => (written: Written) => void;
  readonly patience?: Patience;
  readonly limits?: AnswerLimits;
}

/** What makes an answer one that cannot be used. `endless`: it was ended because it did not end. */
type Fault = AnswerFault | { readonly kind: "endless" };
type Outcome = { answer: AIMessage; fault?: undefined } | { answer?: AIMessage; fault: Fault };

/** An answer that cannot be used is asked for again so often, with a word on what is wrong with it. */
const MOST_CORRECTIONS = 2;

/**
 * Asks the models of a role: again where the service is busy or the way to it broke, again with a word on what was wrong where an answer cannot be
 * used, and then the one that takes over. An answer counts only when its end was seen, so that no half tool call is ever made. Put it behind
 * everything else that wraps the calls of an agent.
 */
export function modelCalls(o: ModelCallsOptions) {
  const watch = o.watch ?? writing(o.emit);
  return createMiddleware({
    name: "ModelCalls",
    async wrapModelCall(request, handler) {
      const task = taskAtWork();
      const step = `${task ?? "main"}.${request.messages.length}`;
      const { signal } = request.runtime;
      const isOver = () => signal?.aborted === true || signalIn(request.modelSettings)?.aborted === true;
      const say = (text: string, id: string) => o.emit({ type: "log", data: { level: "warn", text } }, `${id}.${step}`);

      const askOnce = async (opened: OpenedModel, messages: BaseMessage[]): Promise<Outcome> => {
        const tell = watch({ agent: o.agent, task, step });
        using answerWatch = new AnswerWatch({ model: opened.name, limits: o.limits ?? ANSWER_LIMITS, tell });
        const outer = signalIn(request.modelSettings);
        const ending = AbortSignal.any([answerWatch.signal, ...(outer === undefined ? [] : [outer])]);
        const modelSettings = { ...request.modelSettings, signal: ending, callbacks: [answerWatch] };
        const started = performance.now();
        let answer: AIMessage | undefined;
        let isUsed = false;
        try {
          answer = await handler({ ...request, model: opened.model, messages, modelSettings });
          answerWatch.signal.throwIfAborted();
          const fault = faultIn(answer, answerWatch.reason);
          isUsed = fault === undefined;
          if (fault?.kind === "cut") throw new AgentError("model_unreachable", cutText(opened.name));
          if (fault?.kind === "refused") throw new AgentError("content_refused", refusedText(opened.name));
          return fault === undefined ? { answer } : { answer, fault };
        } catch (error) {
          if (isRefusal(answerWatch.reason)) throw new AgentError("content_refused", refusedText(opened.name));
          if (isUnreadableCall(error)) return { fault: { kind: "malformed", tool: "a tool" } };
          if (!answerWatch.signal.aborted) throw error;
          if (answerWatch.isEndless) return { fault: { kind: "endless" } };
          throw answerWatch.signal.reason;
        } finally {
          const usage = isUsed ? undefined : (usageOf(answer) ?? answerWatch.usage);
          const seconds = (performance.now() - started) / 1000;
          if (usage !== undefined) await o.meter.unused({ agent: o.agent, model: opened.name, seconds, usage });
        }
      };

      const ask = async (opened: OpenedModel): Promise<AIMessage> => {
        let { messages } = request;
        for (let corrections = 0; ; corrections++) {
          const { answer, fault } = await patiently(() => askOnce(opened, messages), {
            ...{ patience: o.patience ?? PATIENCE, signal },
            helps: (error) => !isOver() && mayPass(error),
            onPause: async ({ ms, attempt, error }) => {
              const { message } = explainModelError(opened.name, error);
              await say(`${message} Asking again in ${(ms / 1000).toFixed(1)} s.`, `model.again.${attempt}`);
            },
          });
          if (fault === undefined) {
            const place = { task, shown: request.messages, thread: request.state.messages };
            return withOwnCallIds(signedBy(opened.name, answer), place);
          }
          if (corrections >= MOST_CORRECTIONS) throw new AgentError("bad_answer", unusableText(opened.name, fault));
          messages = [...request.messages, correction(fault, `${step}.${corrections}`)];
        }
      };

      return await o.desk.ask(o.role, ask, { isOver, onTakeOver: (text) => say(text, "model.fallback") });
    },
  });
}

function correction(fault: Fault, id: string): HumanMessage {
  const what =
    fault.kind === "malformed"
      ? `Your call of ${fault.tool} had arguments that are not a JSON object, so it was not made`
      : fault.kind === "limit"
        ? "Your answer reached its limit in the middle of a tool call, so nothing of it was used; write less at once, a long file in parts"
        : "Your answer did not end, so nothing of it was used; answer briefly";
  return new HumanMessage({
    id: `correction.${id}`,
    content: `<system-note>\n${what}. Answer again.\n</system-note>`,
    // No person said it.
    additional_kwargs: { lc_source: "correction" },
  });
}

function unusableText(model: string, fault: Fault): string {
  const what =
    fault.kind === "malformed"
      ? "makes tool calls that are not JSON"
      : fault.kind === "limit"
        ? "writes more than it may in one answer"
        : "gives answers without an end";
  return `${model} ${what}; start the run again with another --model.`;
}

function cutText(model: string): string {
  return `The answer of ${model} broke off before its end; check the network, then resume the run.`;
}

function refusedText(model: string): string {
  return `${model} refused to answer because of what it was given; leave out the source that it refuses, or use another --model.`;
}

function signalIn(settings: Record<string, unknown> | undefined): AbortSignal | undefined {
  return settings?.signal instanceof AbortSignal ? settings.signal : undefined;
}

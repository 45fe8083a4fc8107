import type { BaseMessage } from "@langchain/core/messages";
import { isGraphBubbleUp } from "@langchain/langgraph";
import { SpanKind } from "@opentelemetry/api";
import type { Audit } from "../audit/audit.js";
import { errorCode, rootError } from "../errors.js";
import type { EmitEvent } from "../middleware/run-scope.js";
import { taskAtWork } from "../middleware/task.js";
import { answeredBy } from "../models/answer.js";
import type { AskAloneOptions } from "../models/ask-alone.js";
import type { RunObserver } from "./observer.js";
import { costOf, type Prices } from "./prices.js";
import { inSpan } from "./span.js";
import { type Usage, usageOf } from "./usage.js";

/** Who asks which model, by its full name. `agent`: `vibewriter`, the subagent's name, or who asks alone. */
export interface Asking {
  readonly agent: string;
  readonly model: string;
}

export interface ModelMeterOptions {
  readonly runId: string;
  /** Counts the drives: a call that the next one makes again costs again. */
  readonly drive: number;
  readonly prices: Prices;
  readonly observer: RunObserver;
  readonly emit: EmitEvent;
  readonly audit: Pick<Audit, "record">;
}

/**
 * Measures every call of a run's models, whoever makes it: for each that was answered an event of the run, by which its budget and its stages are
 * counted; spans and figures. What is not told here is counted nowhere.
 */
export class ModelMeter {
  readonly #o: ModelMeterOptions;
  #answers = 0;
  #takeOvers = 0;

  constructor(o: ModelMeterOptions) {
    this.#o = o;
  }

  /** A call of an agent, whose audit is kept by what goes around its calls. */
  async measure<M extends BaseMessage>({ agent, model }: Asking, call: () => Promise<M>): Promise<M> {
    const attributes = {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": providerOf(model),
      "gen_ai.request.model": modelOf(model),
      "gen_ai.conversation.id": this.#o.runId,
      "gen_ai.agent.name": agent,
    };
    return await inSpan({ name: `chat ${modelOf(model)}`, kind: SpanKind.CLIENT, attributes }, async (span) => {
      const started = performance.now();
      const seconds = () => (performance.now() - started) / 1000;
      let message: M;
      try {
        message = await call();
      } catch (error) {
        if (!isGraphBubbleUp(error))
          this.#o.observer.modelCalled?.({ agent, model, ok: false, seconds: seconds(), cost: undefined });
        throw error;
      }
      const usage = usageOf(message);
      if (usage !== undefined) {
        span.setAttribute("gen_ai.usage.input_tokens", usage.input);
        span.setAttribute("gen_ai.usage.output_tokens", usage.output);
      }
      await this.#tell({ agent, model: answeredBy(message) ?? model, ok: true, seconds: seconds(), usage });
      return message;
    });
  }

  /** What somebody who asks alone is measured by, and tells with who takes over. */
  alone(agent: string): Required<Pick<AskAloneOptions, "measure" | "onTakeOver">> {
    return {
      measure: (model, call) => this.#measureAlone({ agent, model }, call),
      onTakeOver: async (text) => {
        const id = `model.fallback.${agent}.${this.#o.drive}.${++this.#takeOvers}`;
        await this.#o.emit({ type: "log", data: { level: "warn", text } }, id);
      },
    };
  }

  /**
   * An answer that nobody could use, and that is paid for all the same.
   * @param call.usage as far as the provider has said it
   */
  async unused(call: Asking & { seconds: number; usage: Usage }): Promise<void> {
    this.#record(call, { ok: false, code: "bad_answer", usage: call.usage });
    await this.#tell({ ...call, ok: false });
  }

  /** Nothing else goes around the calls of who asks alone, so that their audit is kept here. */
  async #measureAlone<M extends BaseMessage>(asking: Asking, call: () => Promise<M>): Promise<M> {
    try {
      const message = await this.measure(asking, call);
      this.#record(asking, { ok: true, usage: usageOf(message) });
      return message;
    } catch (error) {
      this.#record(asking, { ok: false, code: errorCode(rootError(error)) });
      throw error;
    }
  }

  #record({ agent, model }: Asking, { usage, ...outcome }: { ok: boolean; code?: string; usage?: Usage }): void {
    const tokens = { inputTokens: usage?.input, outputTokens: usage?.output };
    this.#o.audit.record({ kind: "model", agent, model, task: taskAtWork(), ...outcome, ...tokens });
  }

  async #tell(call: Asking & { ok: boolean; seconds: number; usage: Usage | undefined }): Promise<void> {
    const { agent, model, usage } = call;
    const cost = costOf(model, usage, this.#o.prices);
    this.#o.observer.modelCalled?.({ ...call, cost });
    const tokens = { inputTokens: usage?.input ?? null, outputTokens: usage?.output ?? null };
    const data = { agent, task: taskAtWork(), model, ...tokens, costUsd: cost ?? null };
    // By number and not by place: what is asked again has the same place, and has cost again.
    await this.#o.emit({ type: "usage", data }, `usage.${this.#o.drive}.${++this.#answers}`);
  }
}

/** The provider by OpenTelemetry's names. */
function providerOf(model: string): string {
  const colon = model.indexOf(":");
  return colon < 0 ? "vibewriter" : model.slice(0, colon);
}

function modelOf(model: string): string {
  return model.slice(model.indexOf(":") + 1);
}

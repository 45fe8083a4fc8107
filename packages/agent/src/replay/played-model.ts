import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BindToolsInput,
} from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import type { Playback } from "./playback.js";
import { settingsOf } from "./settings.js";

const OVER = "The report is written and checked: the repetition ends here.";

/** A model that says what another one said when it was asked the same. It passes for that one, since what is around a model goes by what it is. */
export class PlayedModel extends BaseChatModel {
  /** As providers' models have it. */
  readonly model: string;
  readonly #playback: Playback;
  readonly #role: string;
  readonly #settings: string;

  /** @param o.name of the model that answered then, as its provider calls it */
  constructor(playback: Playback, o: { role: string; name: string; settings?: string }) {
    super({});
    this.model = o.name;
    this.#playback = playback;
    this.#role = o.role;
    this.#settings = o.settings ?? "";
  }

  override _llmType(): string {
    return "recorded";
  }

  override getName(): string {
    return this.#playback.modelOf(this.#role)?.model ?? super.getName();
  }

  override get profile(): { maxInputTokens?: number } {
    const { contextTokens } = this.#playback.modelOf(this.#role) ?? {};
    return contextTokens === undefined ? {} : { maxInputTokens: contextTokens };
  }

  override bindTools(tools: BindToolsInput[], kwargs?: Partial<BaseChatModelCallOptions>): PlayedModel {
    const settings = settingsOf(tools, kwargs);
    return new PlayedModel(this.#playback, { role: this.#role, name: this.model, settings });
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const o = { role: this.#role, settings: this.#settings };
    const message = (await this.#playback.answer(messages, o)) ?? new AIMessage(OVER);
    return { generations: [{ text: message.text, message }] };
  }
}

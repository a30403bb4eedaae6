import type { Prompt } from "../prompt.ts";
import { codeAssistant } from "./code-assistant.ts";
import { feed } from "./feed.ts";
import { fraud } from "./fraud.ts";
import { supportAgent } from "./support-agent.ts";

export const PROMPTS: readonly Prompt[] = [feed, fraud, supportAgent, codeAssistant];

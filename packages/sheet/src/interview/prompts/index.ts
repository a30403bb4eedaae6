import type { Prompt } from "../prompt.ts";
import { ads } from "./ads.ts";
import { churn } from "./churn.ts";
import { codeAssistant } from "./code-assistant.ts";
import { deliveryEta } from "./delivery-eta.ts";
import { demand } from "./demand.ts";
import { documentAnswers } from "./document-answers.ts";
import { feed } from "./feed.ts";
import { fraud } from "./fraud.ts";
import { moderation } from "./moderation.ts";
import { searchRanking } from "./search-ranking.ts";
import { supportAgent } from "./support-agent.ts";
import { visualSearch } from "./visual-search.ts";

export const PROMPTS: readonly Prompt[] = [
  ...[feed, ads, searchRanking],
  ...[visualSearch, documentAnswers, supportAgent],
  ...[fraud, moderation, churn],
  ...[demand, deliveryEta, codeAssistant],
];

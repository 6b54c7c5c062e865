// How answers are to be given: chosen once, and kept for what is asked next, in this window and after a reload.
import { modelIn } from '../components/model-choice';
import type { AgentType, AnswerOptions, AnswerReasoning } from '../generated/graphql/graphql';

const PLACE = 'mindloom:answers';

/** What was chosen; what is empty the server chooses. */
export interface Choice {
  agent: AgentType | '';
  /** `provider:model`. */
  model: string;
  reasoning: AnswerReasoning | '';
}

let choice: Choice = { agent: '', model: '', reasoning: '', ...read() };

function read(): Partial<Choice> {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE) ?? '{}') as Partial<Choice>;
  } catch {
    return {};
  }
}

/** What is chosen now. */
export const chosen = () => choice;

/** Chooses something else. */
export function choose(part: Partial<Choice>) {
  choice = { ...choice, ...part };
  try {
    sessionStorage.setItem(PLACE, JSON.stringify(choice));
  } catch {
    // A browser that keeps nothing keeps the choice as long as the page.
  }
}

/** The same as the API takes it. */
export function answerOptions(): AnswerOptions | undefined {
  const { agent, model, reasoning } = choice;
  const options = { ...modelIn(model), ...(agent && { agent }), ...(reasoning && { reasoning }) };
  return Object.keys(options).length ? options : undefined;
}

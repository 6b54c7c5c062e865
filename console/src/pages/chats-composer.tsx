import { useRef } from 'preact/hooks';

import { act } from '../api';
import { Button, Field, Problem, type Submission } from '../components/basics';
import { chosenModel, ModelChoice } from '../components/model-choice';
import { words } from '../format';
import { graphql } from '../generated/graphql';
import type { AgentType, AnswerOptions, AnswerReasoning } from '../generated/graphql/graphql';
import { useAction } from '../hooks';
import { t } from '../texts';

const text = t.chats;
const AGENTS: AgentType[] = ['CHAT_MODEL_AGENT', 'PROVIDER_TOOLS_AGENT', 'DOCUMENT_AGENT', 'PYTHON_AGENT', 'MERMAID_AGENT'];
const REASONING: AnswerReasoning[] = ['LOW', 'MEDIUM', 'HIGH'];

const Send = graphql(`
  mutation SendMessage($chatId: UUID, $parts: JSON!, $options: AnswerOptions) {
    sendMessage(chatId: $chatId, parts: $parts, options: $options) { streamId chat { id } }
  }
`);

/** How an answer is to be given, as the form says: nothing where the server may choose. */
function optionsOf(form: FormData): AnswerOptions | undefined {
  const agent = String(form.get('agent') ?? '') as AgentType | '';
  const reasoning = String(form.get('reasoning') ?? '') as AnswerReasoning | '';
  const options = { ...chosenModel(form), ...(agent && { agent }), ...(reasoning && { reasoning }) };
  return Object.keys(options).length ? options : undefined;
}

/** What is said next, or first. One answer is written at a time. */
export function Composer({ chatId, busy, onSent }: { chatId?: string; busy?: boolean; onSent?: (chatId: string) => void }) {
  const action = useAction();
  const area = useRef<HTMLTextAreaElement>(null);
  const submit = (event: Submission) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const parts = [{ type: 'text', text: String(form.get('text')) }];
    action.run(async () => {
      const { chat } = (await act(Send, { chatId, parts, options: optionsOf(form) })).sendMessage;
      // The choice of agent and model stays for what is said next.
      if (area.current) area.current.value = '';
      onSent?.(chat.id);
    });
  };
  return (
    <form
      class="card"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
      }}
    >
      <Field label={text.say} hint={text.sayHint}>
        {(attributes) => <textarea ref={area} name="text" rows={3} required {...attributes} />}
      </Field>
      <Problem problem={action.problem} />
      <div class="row">
        <Button type="submit" kind="main" busy={action.busy || busy}>
          {text.send}
        </Button>
        {busy && <small class="quiet">{text.oneAtATime}</small>}
      </div>
      <details>
        <summary>{text.how}</summary>
        <div class="columns">
          <Field label={text.agent}>
            {(attributes) => (
              <select name="agent" {...attributes}>
                {AGENTS.map((agent) => (
                  <option key={agent} value={agent === 'CHAT_MODEL_AGENT' ? '' : agent}>
                    {text.agents[agent as keyof typeof text.agents]}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <ModelChoice />
          <Field label={text.reasoning}>
            {(attributes) => (
              <select name="reasoning" {...attributes}>
                <option value="">{t.models.usual}</option>
                {REASONING.map((each) => (
                  <option key={each} value={each}>
                    {words(each)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
      </details>
    </form>
  );
}

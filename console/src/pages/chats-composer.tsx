import { useRef, useState } from 'preact/hooks';

import { act } from '../api';
import { Button, Field, Problem, type Submission } from '../components/basics';
import { ModelChoice } from '../components/model-choice';
import { words } from '../format';
import { graphql } from '../generated/graphql';
import type { AgentType, AnswerReasoning } from '../generated/graphql/graphql';
import { useAction } from '../hooks';
import { t } from '../texts';
import { Attachments, type Attachment } from './chats-attachments';
import { answerOptions, choose, chosen } from './chats-options';

const text = t.chats;
const AGENTS: AgentType[] = ['CHAT_MODEL_AGENT', 'PROVIDER_TOOLS_AGENT', 'DOCUMENT_AGENT', 'PYTHON_AGENT', 'MERMAID_AGENT', 'GIT_MCP_AGENT'];
const REASONING: AnswerReasoning[] = ['LOW', 'MEDIUM', 'HIGH'];

const Send = graphql(`
  mutation SendMessage($chatId: UUID, $parts: JSON!, $attachments: [ChatAttachmentInput!], $options: AnswerOptions) {
    sendMessage(chatId: $chatId, parts: $parts, attachments: $attachments, options: $options) { streamId chat { id } }
  }
`);

/** What is said next, or first. One answer is written at a time. */
export function Composer({ chatId, busy, onSent }: { chatId?: string; busy?: boolean; onSent?: (chatId: string) => void }) {
  const action = useAction();
  const [attached, setAttached] = useState<Attachment[]>([]);
  const area = useRef<HTMLTextAreaElement>(null);
  const submit = (event: Submission) => {
    event.preventDefault();
    // The keys come here although the button is out of use.
    if (busy) return;
    const said = String(new FormData(event.currentTarget).get('text'));
    const parts = [{ type: 'text', text: said }];
    action.run(async () => {
      const { chat } = (await act(Send, { chatId, parts, attachments: attached.length ? attached.map(({ input }) => input) : undefined, options: answerOptions() })).sendMessage;
      // What was typed or chosen meanwhile stays for what is said next, and so does the choice of agent and model.
      if (area.current) area.current.value = without(area.current.value, said);
      setAttached((now) => now.filter((each) => !attached.includes(each)));
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
      <Attachments chosen={attached} onChange={setAttached} />
      <How />
    </form>
  );
}

/** What stands in the field once what it began with is sent. A form's text has CRLF where the field has LF. */
function without(now: string, sent: string): string {
  const said = sent.replaceAll('\r\n', '\n');
  return now.startsWith(said) ? now.slice(said.length).trimStart() : now;
}

/** Who answers, by which model, and how much it thinks first. */
function How() {
  const kept = chosen();
  return (
    <details>
      <summary>{text.how}</summary>
      <div class="columns">
        <Field label={text.agent}>
          {(attributes) => (
            <select onChange={(event) => choose({ agent: event.currentTarget.value as AgentType | '' })} {...attributes}>
              {AGENTS.map((agent) => (
                <option key={agent} value={agent === 'CHAT_MODEL_AGENT' ? '' : agent} selected={agent === kept.agent}>
                  {text.agents[agent as keyof typeof text.agents]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <ModelChoice chosen={kept.model} onChoose={(model) => choose({ model })} />
        <Field label={text.reasoning}>
          {(attributes) => (
            <select onChange={(event) => choose({ reasoning: event.currentTarget.value as AnswerReasoning | '' })} {...attributes}>
              <option value="">{t.models.usual}</option>
              {REASONING.map((each) => (
                <option key={each} value={each} selected={each === kept.reasoning}>
                  {words(each)}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
    </details>
  );
}

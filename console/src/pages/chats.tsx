import { Head } from '../components/basics';
import type { PageProps } from '../pages';
import { go, hrefOf } from '../router';
import { t } from '../texts';
import { Composer } from './chats-composer';
import { Conversation } from './chats-conversation';
import { ResourcePage } from './resource-page';

const text = t.chats;

/** Chats with what was said in them. */
export default function Chats(props: PageProps) {
  if (props.rest[0] === 'new') {
    return (
      <>
        <Head title={text.ask} lead={text.askLead}>
          <a class="button" href={hrefOf('/chats')}>
            {t.back}
          </a>
        </Head>
        <Composer onSent={(chatId) => go(`/chats/${chatId}`, {}, true)} />
      </>
    );
  }
  return (
    <ResourcePage
      {...props}
      title={t.pages.chats}
      lead={text.lead}
      empty={text.empty}
      table="chats"
      path="/chats"
      columns={['title', 'visibility', 'totalInputTokens', 'totalOutputTokens', 'totalCost', 'updatedAt']}
      creates={['title', 'visibility']}
      edits={['title', 'visibility']}
      folded
      buttons={
        <a class="button main" href={hrefOf('/chats/new')}>
          {text.ask}
        </a>
      }
    >
      {(row) => <Conversation chat={row} />}
    </ResourcePage>
  );
}

import { Tabs } from '../components/basics';
import type { PageProps } from '../pages';
import { hrefOf } from '../router';
import { t } from '../texts';
import { OneFeedback } from './feedback-answer';
import { FeedbackFigures } from './feedback-figures';
import { ResourcePage } from './resource-page';

const text = t.feedback;
const TABLES: Record<string, { columns: string[]; creates: string[] }> = {
  feedbackTags: { columns: ['name', 'color', 'description', 'isActive', 'updatedAt'], creates: ['name', 'color', 'description', 'isActive'] },
  feedbackCategories: { columns: ['name', 'description', 'parentId', 'sortOrder', 'isActive'], creates: ['name', 'description', 'parentId', 'sortOrder', 'isActive'] },
};

/** What people say: the queue and its answers, figures of it, and the tags and categories that sort it. */
export default function Feedback(props: PageProps) {
  const [first = 'queue', ...below] = props.rest;
  const chosen = first in text.tabs ? first : 'queue';
  const tabs = <Tabs label={t.pages.feedback} tabs={text.tabs} chosen={chosen} hrefOf={(name) => hrefOf(name === 'queue' ? '/feedback' : `/feedback/${name}`)} />;
  const table = TABLES[chosen];
  if (chosen === 'figures') return <FeedbackFigures query={props.query} tabs={tabs} />;
  if (table) {
    return (
      <ResourcePage
        key={chosen}
        {...props}
        tabs={tabs}
        rest={below}
        title={text.tabs[chosen as 'feedbackTags']}
        lead={text.sorting}
        table={chosen}
        path={`/feedback/${chosen}`}
        {...table}
      />
    );
  }
  return (
    <ResourcePage
      {...props}
      tabs={tabs}
      title={t.pages.feedback}
      lead={text.lead}
      empty={text.empty}
      table="feedbacks"
      path="/feedback"
      columns={['message', 'feedbackType', 'status', 'priority', 'rating', 'categoryId', 'createdAt']}
      edits={['status', 'priority', 'categoryId']}
      folded
    >
      {(row) => <OneFeedback id={String(row.id)} />}
    </ResourcePage>
  );
}

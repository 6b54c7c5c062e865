import type { PageProps } from '../pages';
import { t } from '../texts';
import { ResourcePage } from './resource-page';

/** What people say, to be answered. */
export default function Feedback(props: PageProps) {
  return (
    <ResourcePage
      {...props}
      title={t.pages.feedback}
      lead={t.feedback.lead}
      table="feedbacks"
      path="/feedback"
      columns={['message', 'feedbackType', 'status', 'priority', 'rating', 'categoryId', 'createdAt']}
      edits={['status', 'priority', 'adminResponse', 'categoryId']}
    />
  );
}

import type { PageProps } from '../pages';
import { t } from '../texts';
import { ResourcePage } from './resource-page';

/** Documents: what is made of notes, or written. */
export default function Documents(props: PageProps) {
  return (
    <ResourcePage
      {...props}
      title={t.pages.documents}
      lead={t.documents.lead}
      empty={t.documents.empty}
      table="documents"
      path="/documents"
      columns={['title', 'status', 'format', 'wordCount', 'clusterId', 'isPublic', 'updatedAt']}
      creates={['title', 'content', 'format', 'status', 'tags', 'clusterId']}
      edits={['title', 'content', 'format', 'status', 'tags', 'isPublic', 'allowComments', 'shareExpiresAt']}
    />
  );
}

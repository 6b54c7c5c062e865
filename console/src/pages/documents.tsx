import type { PageProps } from '../pages';
import { hrefOf } from '../router';
import { t } from '../texts';
import { OneDocument } from './documents-one';
import { WriteDocument } from './documents-write';
import { ResourcePage } from './resource-page';

/** Documents: what is made of notes, or written. */
export default function Documents(props: PageProps) {
  const [id] = props.rest;
  if (id === 'write') return <WriteDocument query={props.query} />;
  if (id) return <OneDocument key={id} id={id} />;
  return (
    <ResourcePage
      {...props}
      title={t.pages.documents}
      lead={t.documents.lead}
      empty={t.documents.empty}
      table="documents"
      path="/documents"
      columns={['title', 'generationState', 'version', 'wordCount', 'clusterId', 'isPublic', 'updatedAt']}
      creates={['title', 'content', 'format', 'status', 'tags', 'clusterId']}
      buttons={
        <a class="button main" href={hrefOf('/documents/write')}>
          {t.documents.write}
        </a>
      }
    />
  );
}

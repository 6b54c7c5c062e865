import { useId } from 'preact/hooks';

import { Badge } from '../components/basics';
import { bytes, count } from '../format';
import { graphql } from '../generated/graphql';
import type { FileBucketsSubscription } from '../generated/graphql/graphql';
import { useAsk } from '../hooks';
import { t } from '../texts';

const text = t.files;

const Count = graphql(`
  query BucketCount($bucket: String!) { objects(where: { bucketId: { eq: $bucket }, version: { isNull: false } }, first: 1) { totalCount } }
`);

/** What a bucket takes, for administrators: who may read and write, its policies say. */
export function BucketRules({ bucket }: { bucket: FileBucketsSubscription['live']['buckets']['nodes'][number] }) {
  const id = useId();
  const { data } = useAsk(Count, { bucket: bucket.id });
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{text.rules}</h2>
      <p class="quiet">{text.rulesLead}</p>
      <dl class="facts">
        <dt>{text.reading}</dt>
        <dd>{bucket.public ? <Badge value={text.public} /> : text.byPolicy}</dd>
        <dt>{text.largest}</dt>
        <dd>{bucket.fileSizeLimit ? bytes(bucket.fileSizeLimit) : text.serverLimit}</dd>
        <dt>{text.allowed}</dt>
        <dd>{bucket.allowedMimeTypes?.length ? bucket.allowedMimeTypes.join(', ') : text.anyType}</dd>
        {data && (
          <>
            <dt>{text.yourFiles}</dt>
            <dd>{count(data.objects.totalCount)}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

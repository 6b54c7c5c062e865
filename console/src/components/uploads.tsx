import { bytes } from '../format';
import { useUploads } from '../hooks';
import { pathOf } from '../pages/files-path';
import { hrefOf } from '../router';
import { t } from '../texts';

const text = t.files;

/** What is on its way or failed, on whichever page; the page of files itself shows each. */
export function Uploads() {
  const files = useUploads();
  const busy = files.filter(({ state }) => state === 'sending' || state === 'waiting');
  const failed = files.filter(({ state }) => state === 'failed');
  const first = busy[0] ?? failed[0];
  if (!first) return null;
  const sent = busy.reduce((sum, each) => sum + each.sent, 0);
  const all = busy.reduce((sum, { file }) => sum + file.size, 0);
  return (
    <aside class="uploads" aria-label={text.uploads}>
      <a href={hrefOf(pathOf(first.bucket, first.folder))}>
        <span>{busy.length > 0 ? text.onTheirWay(busy.length) : text.failed(failed.length)}</span>
        {busy.length > 0 && <progress aria-label={text.uploads} max={Math.max(all, 1)} value={sent} />}
        {busy.length > 0 && (
          <small class="quiet">
            {bytes(sent)} / {bytes(all)}
          </small>
        )}
      </a>
    </aside>
  );
}

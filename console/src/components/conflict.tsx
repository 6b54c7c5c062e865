import { columnOf, type Resource, type Row } from '../resources/schema';
import { t } from '../texts';
import { Button } from './basics';
import { headingOf } from './cell';
import { Dialog } from './dialog';
import { Differences } from './differences';

interface Props {
  resource: Resource;
  /** The row as it is now; `null` where it was deleted. */
  theirs: Row | null;
  /** What was to be saved. */
  yours: Row;
  onTheirs: () => void;
  onYours: () => void;
  onClose: () => void;
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value, null, 2));

/** Shows both sides of a change that somebody else made meanwhile. */
export function Conflict({ resource, theirs, yours, onTheirs, onYours, onClose }: Props) {
  return (
    <Dialog wide title={t.conflict.title} onClose={onClose}>
      <p>{theirs ? t.conflict.lead : t.conflict.gone}</p>
      {theirs &&
        Object.entries(yours).filter(([name, value]) => textOf(theirs[name]) !== textOf(value)).map(([name, value]) => {
          const column = columnOf(resource, name);
          return (
            <section class="stack" key={name}>
              <h3>{column ? headingOf(column) : name}</h3>
              <div class="columns">
                <div class="stack">
                  <span class="label">{t.conflict.theirs}</span>
                  <pre tabIndex={0}>{textOf(theirs[name])}</pre>
                </div>
                <div class="stack">
                  <span class="label">{t.conflict.yours}</span>
                  <pre tabIndex={0}>{textOf(value)}</pre>
                </div>
              </div>
              <Differences before={textOf(theirs[name])} after={textOf(value)} />
            </section>
          );
        })}
      <div class="actions">
        {theirs && (
          <Button kind="main" onClick={onYours}>
            {t.conflict.keepYours}
          </Button>
        )}
        {theirs && <Button onClick={onTheirs}>{t.conflict.keepTheirs}</Button>}
        <Button onClick={onClose}>{t.cancel}</Button>
      </div>
    </Dialog>
  );
}

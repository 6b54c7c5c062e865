import { Button } from '../components/basics';
import { CopyButton } from '../components/copy';
import { Dialog } from '../components/dialog';
import { saveFile } from '../resources/csv';
import { t } from '../texts';

const text = t.account;

/** The codes for the day when app and key are lost, shown this once. */
export function RecoveryCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const all = codes.join('\n');
  return (
    <Dialog title={text.recoveryTitle} onClose={onClose}>
      <p>{text.recovery}</p>
      <pre tabIndex={0}>{all}</pre>
      <div class="actions">
        <Button kind="main" onClick={onClose}>
          {t.close}
        </Button>
        <CopyButton text={all} />
        <Button onClick={() => saveFile('mindloom-recovery-codes.txt', 'text/plain', `${all}\n`)}>{text.saveCodes}</Button>
      </div>
    </Dialog>
  );
}

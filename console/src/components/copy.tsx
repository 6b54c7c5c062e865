import { saveFile } from '../resources/csv';
import { t } from '../texts';
import { Button } from './basics';
import { say } from './toast';

/** Copies a text; nothing where the browser lets no page do so, as over plain HTTP. */
export function CopyButton({ text, label = t.copy }: { text: string; label?: string }) {
  if (!navigator.clipboard) return null;
  const copy = () => navigator.clipboard.writeText(text).then(() => say(t.copied), () => say(t.notCopied, true));
  return <Button onClick={copy}>{label}</Button>;
}

/** Saves a text as a file of Markdown, called after its title. */
export function SaveMarkdown({ title, text }: { title: string; text: string }) {
  const name = title.replace(/[^\p{L}\p{N} _-]+/gu, ' ').trim().replace(/\s+/g, '-').slice(0, 80) || 'mindloom';
  return <Button onClick={() => saveFile(`${name}.md`, 'text/markdown', text)}>{t.saveMarkdown}</Button>;
}

// Jobs that failed or wait: whose they are tries them again or ends them, and so does an administrator.
import { button, examine, heading, picture } from './stage.mjs';

const NOTE = 'A loaf of rye bakes for an hour';

const rowOf = (page, href) => page.getByRole('row').filter({ has: page.locator(`a[href="${href}"]`) });

/** Has a document written of the note; answers its address. */
async function write(stage, page, title) {
  await stage.open(page, '/documents/write?from=notes');
  await page.getByLabel(NOTE).check();
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Model', { exact: true }).selectOption('openai:gpt-4o');
  await button(page, 'Write it').click();
  await heading(page, title);
  return new URL(page.url()).pathname.replace('/console', '');
}

/** A document that failed is written once its job is tried again. */
export async function retryJob(stage, page, provider) {
  await stage.open(page, '/notes/new');
  await page.getByLabel('Text of the note').fill(NOTE);
  await button(page, 'Save').click();
  await page.getByText(NOTE).waitFor();
  provider.says(() => ({ status: 400 }));
  const document = await write(stage, page, 'About rye');
  await page.getByText('does not take the request').first().waitFor();
  await stage.open(page, '/jobs');
  const failed = page.getByRole('row').filter({ hasText: 'does not take the request' });
  await failed.getByText('Failed').waitFor();
  await examine(page, 'a job that failed');
  await picture(page, 'job-failed');
  const row = rowOf(page, await failed.getByRole('link').getAttribute('href'));
  provider.says(() => ({ words: ['Rye', ' takes', ' an', ' hour.'] }));
  await row.getByRole('button', { name: 'Retry' }).click();
  await page.getByText('It is in the queue').waitFor();
  await row.getByText('Completed').waitFor();
  await stage.open(page, document);
  await page.locator('article').getByText('Rye takes an hour.').waitFor();
}

/** Of two documents that wait for their provider, their owner ends one, and an administrator the other. */
export async function cancelJobs(stage, page, admin, provider) {
  provider.says(() => ({ status: 429, waitSeconds: 600 }));
  await write(stage, page, 'About wheat');
  const document = await write(stage, page, 'About spelt');
  await stage.open(page, '/jobs?where=status.ne.COMPLETED');
  const waiting = page.getByRole('row').filter({ hasText: 'Pending' });
  await waiting.nth(1).waitFor();
  const [mine, theirs] = await waiting.getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  await rowOf(page, mine).getByRole('button', { name: 'Cancel' }).click();
  await rowOf(page, mine).getByText('Cancelled').waitFor();
  await rowOf(page, theirs).getByText('Pending').waitFor();

  const { id } = await page.evaluate(() => JSON.parse(localStorage.getItem('mindloom:session')).user);
  await stage.open(admin, '/jobs?where=status.eq.PENDING&where=jobType.eq.documents.generate');
  await rowOf(admin, theirs).getByRole('link').click();
  await admin.getByText(id).waitFor();
  await button(admin, 'Cancel').click();
  await admin.getByText('Cancelled', { exact: true }).waitFor();
  await button(admin, 'Retry').waitFor();
  await rowOf(page, theirs).getByText('Cancelled').waitFor();
  await stage.open(page, document);
  await page.getByText('Stopped', { exact: true }).first().waitFor();
}

// Signing in with a provider: by its button, over its page, and back to where one was.
import assert from 'node:assert/strict';

import { button, examine, heading } from './stage.mjs';

export async function signInWithProvider(stage, issuer) {
  stage.visits.add(issuer.url);
  const page = await stage.visitor();
  // A code that is good for nothing is told, and is not tried again.
  await stage.open(page, '/notes?q=rye&by=TEXT&code=none');
  await page.getByRole('alert').filter({ hasText: 'The code is wrong' }).waitFor();
  await page.reload();
  await button(page, 'Continue with Acme').waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
  await examine(page, 'signing in with a provider');

  // Whoever refuses there is told so here, and may go on.
  await button(page, 'Continue with Acme').click();
  await page.getByRole('link', { name: 'Refuse' }).click();
  await heading(page, 'Sign in');
  await page.getByRole('alert').filter({ hasText: 'Access denied' }).waitFor();
  await button(page, 'Continue with Acme').click();
  await page.getByRole('link', { name: 'Continue as Olga' }).click();
  await heading(page, 'Notes');
  assert.equal(new URL(page.url()).search, '?q=rye&by=TEXT', 'it is the page that was opened, and the address keeps no code');
  await page.locator('.who', { hasText: 'Olga of Acme' }).waitFor();
  await page.reload();
  await heading(page, 'Notes');

  // The next time it is the same account.
  await stage.open(page, '/notes/new');
  await page.getByLabel('Text of the note').fill('Written by way of Acme');
  await button(page, 'Save').click();
  await page.getByText('Written by way of Acme').waitFor();
  await button(page, 'Sign out').click();
  await button(page, 'Continue with Acme').click();
  await page.getByRole('link', { name: 'Continue as Olga' }).click();
  await page.getByText('Written by way of Acme').waitFor();

  // Whoever has no password says by the sign-in of a moment ago who they are.
  await stage.open(page, '/account');
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Olga of Acme');
  await page.getByText('Delete my account').first().click();
  await page.getByLabel('Type your address to confirm').fill('olga@example.org');
  // Of longer ago, a code by mail says so: one that was not mailed does not.
  const leaving = page.locator('form').filter({ has: button(page, 'Delete my account') });
  await leaving.getByRole('button', { name: 'Mail me a code instead' }).click();
  await leaving.getByLabel('Code of the mail').fill('000000');
  await button(page, 'Delete my account').click();
  await page.getByRole('alert').waitFor();
  await leaving.getByLabel('Code of the mail').fill('');
  await button(page, 'Delete my account').click();
  await heading(page, 'Sign in');
  await page.context().close();
}

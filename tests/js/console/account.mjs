// What people do about themselves: profile, password, sessions, their data, the ways in without a password, and leaving.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { button, examine, heading, password, signIn, signUp } from './stage.mjs';

const EMAIL = 'gil@example.org';
const NEXT = 'another horse battery';

export async function keepAccount(stage) {
  const page = await stage.visitor();
  await stage.open(page, '/account');
  await signUp(page, EMAIL);
  await heading(page, 'Account');
  await page.getByLabel('Name', { exact: true }).fill('Gil of the bakery');
  await profile(page).getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();

  // Another browser is signed in, and signed out from here.
  const other = await stage.visitor();
  await stage.open(other, '/account');
  await signIn(other, EMAIL);
  await heading(other, 'Account');
  await page.reload();
  await button(page, 'End all others').click();
  await button(page, 'End all others').waitFor({ state: 'detached' });
  await other.reload();
  await other.getByText('The session has ended; sign in again.').waitFor();
  await signIn(other, EMAIL);
  await heading(other, 'Account');
  await page.reload();
  await button(page, 'End').click();
  await page.getByText('The session has ended').waitFor();
  await other.context().close();

  // A password is changed by whoever knows the present one.
  await profile(page).getByLabel('Present password').fill('not this one');
  await page.getByLabel('New password').fill(NEXT);
  await profile(page).getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').waitFor();
  await profile(page).getByLabel('Present password').fill(password);
  await profile(page).getByRole('button', { name: 'Save' }).click();
  await page.getByText('The password is another now').waitFor();
  await button(page, 'Sign out').click();
  await signIn(page, EMAIL, password);
  await page.getByText('The email address or the password is wrong').waitFor();
  await signIn(page, EMAIL, NEXT);
  await heading(page, 'Account');

  const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Save all my data').click()]);
  assert.ok(readFileSync(await file.path(), 'utf8').includes(EMAIL), 'the file has what is stored');
  await page.getByText('Delete my account').first().click();
  await page.getByLabel('Type your address to confirm').fill(EMAIL);
  const leaving = page.locator('form').filter({ has: button(page, 'Delete my account') });
  await leaving.getByLabel('Present password').fill(NEXT);
  await examine(page, 'leaving');
  await button(page, 'Delete my account').click();
  await heading(page, 'Sign in');
  await signIn(page, EMAIL, NEXT);
  await page.getByText('The email address or the password is wrong').waitFor();
  await page.context().close();
}

const profile = (page) => page.locator('form').filter({ has: page.getByRole('heading', { name: 'Profile' }) });

/** Nobody's account is told of by the ways in, and a token lets in who has one. */
export async function otherWaysIn(stage, token) {
  const page = await stage.visitor();
  await stage.open(page, '/account');
  await page.getByLabel('Email').fill('nobody@example.org');
  await button(page, 'Sign in by mail').click();
  await button(page, 'Sign in by mail').click();
  await page.getByText('If nobody@example.org has an account here').waitFor();
  await page.getByLabel('Six digits from the mail').fill('000000');
  await button(page, 'Sign in with the digits').click();
  await page.getByRole('alert').waitFor();
  await button(page, 'Sign in with a password').click();
  await button(page, 'I forgot the password').click();
  await button(page, 'I forgot the password').click();
  await page.getByText('If nobody@example.org has an account here').waitFor();
  await button(page, 'Sign in with a password').click();
  await page.getByText('Use a token').click();
  await page.getByLabel('As “mindloom token” prints it').fill('no token');
  await button(page, 'Use it').click();
  await page.getByText('This is no access token').waitFor();
  await page.getByLabel('As “mindloom token” prints it').fill(token);
  await button(page, 'Use it').click();
  await heading(page, 'Account');
  await page.context().close();
}

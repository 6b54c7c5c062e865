// A security key as a second factor: made, asked for, put off, and taken away.
import assert from 'node:assert/strict';

import { button, examine, heading, password, picture, signIn, signUp } from './stage.mjs';

const EMAIL = 'flo@example.org';
/** A key on a cord: it keeps no passkey and knows nobody's finger. */
const KEY = { protocol: 'ctap2', transport: 'usb', hasResidentKey: false, hasUserVerification: false, isUserVerified: false, automaticPresenceSimulation: true };

export async function useSecurityKey(stage) {
  // Browsers have keys for names alone, and this machine's is good for its number, too.
  const origin = stage.origin.replace('127.0.0.1', 'localhost');
  const context = await stage.browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  const device = await context.newCDPSession(page);
  await device.send('WebAuthn.enable');
  await device.send('WebAuthn.addVirtualAuthenticator', { options: KEY });
  await page.goto(`${origin}/console/account`);
  await signUp(page, EMAIL);
  await page.getByText('You have no second factor').waitFor();
  await page.getByLabel('What to call it').fill('Blue key');
  await button(page, 'Add a security key').click();
  const codes = page.getByRole('dialog').locator('pre');
  const [recovery] = (await codes.textContent()).split('\n');
  await examine(page, 'recovery codes');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('listitem').filter({ hasText: 'Blue key' }).getByText('Security key').waitFor();

  // The same device is no second key, and what was begun of one is not left behind.
  await page.getByLabel('What to call it').fill('The same again');
  await button(page, 'Add a security key').click();
  await page.getByText('This device keeps a key for you already').waitFor();
  const factors = await stage.ask(await page.evaluate(() => JSON.parse(localStorage.getItem('mindloom:session')).accessToken), '{ factors { friendlyName type } }');
  assert.deepEqual(factors, { factors: [{ friendlyName: 'Blue key', type: 'WEBAUTHN' }] });
  await examine(page, 'a security key');
  await picture(page, 'security-key');

  // Whoever puts it off at sign-in changes no factor until one is shown.
  await comeBack(page);
  await examine(page, 'a key is asked for');
  await button(page, 'Not now').click();
  await page.getByText('This session has shown no second factor').waitFor();
  assert.equal(await button(page, 'Remove Blue key').count(), 0, 'a password alone takes no factor away');
  assert.equal(await button(page, 'Add a security key').count(), 0, 'nor adds one');
  await button(page, 'Show a second factor').click();
  await button(page, 'Use “Blue key”').click();
  await button(page, 'Remove Blue key').waitFor();

  await comeBack(page);
  await button(page, 'Use “Blue key”').click();
  await heading(page, 'Account');
  await comeBack(page);
  await page.getByLabel('A recovery code').fill(recovery);
  await button(page, 'Confirm').click();
  await heading(page, 'Account');

  await button(page, 'Make new recovery codes').click();
  const renewed = (await codes.textContent()).split('\n');
  assert.ok(renewed.length > 1 && !renewed.includes(recovery), 'other codes');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await button(page, 'Remove Blue key').click();
  await page.getByText('It is the only one').waitFor();
  await button(page, 'Remove it').click();
  await page.getByText('You have no second factor').waitFor();
  await button(page, 'Sign out').click();
  await signIn(page, EMAIL, password);
  await heading(page, 'Account');
  await context.close();
}

async function comeBack(page) {
  await button(page, 'Sign out').click();
  await signIn(page, EMAIL, password);
  await heading(page, 'Second factor');
}

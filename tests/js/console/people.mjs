// How people meet the console: the first administrator, somebody without an account, Ada who makes one, and Ben whom she
// invites.
import assert from 'node:assert/strict';

import { totp } from '../totp.mjs';
import { button, examine, heading, password, picture, signIn, signUp } from './stage.mjs';

/** The first administrator comes by the link, and leads the demo data in; answers the page and the demo's password. */
export async function firstAdministrator(stage, link) {
  const admin = await stage.visitor();
  await admin.goto(link);
  await heading(admin, 'Welcome to Mindloom');
  await examine(admin, 'welcome');
  await admin.getByLabel('Your address').fill('root@example.org');
  await admin.getByLabel(/^Password/).fill('password');
  await button(admin, 'Become administrator').click();
  await admin.getByRole('alert').waitFor();
  await admin.getByLabel(/^Password/).fill(password);
  await button(admin, 'Become administrator').click();
  await heading(admin, /^Hello/);
  await admin.getByText('Write your first note').waitFor();
  await picture(admin, 'empty');
  await button(admin, 'Load the demo data').click();
  await admin.getByText('luca.adler.0@demo.example').waitFor({ timeout: 60_000 });
  const demoPassword = await admin.locator('dd code').textContent();

  // The same link is good once.
  const late = await stage.visitor();
  await late.goto(link);
  await late.getByLabel('Your address').fill('late@example.org');
  await late.getByLabel(/^Password/).fill(password);
  await button(late, 'Become administrator').click();
  await late.getByText(/This link was used/).waitFor();
  await late.context().close();
  return { admin, demoPassword };
}

/** A price is changed in a form, is another at once in another window, and is put back, twice. */
export async function changePrice(stage, admin) {
  await stage.open(admin, '/configuration/modelConfigs');
  await admin.locator('tbody a').first().click();
  const watching = await admin.context().newPage();
  await watching.goto(admin.url());
  await watching.getByText('Input pricing per million tokens', { exact: true }).waitFor();
  // A window behind another is drawn once a second.
  await admin.bringToFront();
  await button(admin, 'Edit').click();
  const price = admin.getByLabel('Input pricing per million tokens', { exact: true });
  await price.fill('-1');
  await button(admin, 'Save').click();
  await admin.getByRole('alert').waitFor();
  await price.fill('12.34');
  await button(admin, 'Save').click();
  await watching.getByText('$12.34').waitFor();
  const changes = admin.locator('ul.list > li.item');
  // This change is there before others are counted.
  await changes.first().waitFor();
  for (const isThere of [false, true]) {
    const known = await changes.count();
    await button(admin, 'Put back').first().click();
    await admin.getByText('It is as it was before').waitFor();
    // The next one is to put this back.
    await changes.nth(known).waitFor();
    await watching.locator('dd', { hasText: /^\$12\.34$/ }).waitFor({ state: isThere ? 'visible' : 'detached' });
  }
  await admin.getByText('root@example.org').first().waitFor();
  await examine(admin, 'the history of a price');
  await picture(admin, 'history');
  await watching.close();
}

/** Somebody comes without an account. */
export async function comeAnonymously(stage) {
  const nobody = await stage.visitor();
  await stage.open(nobody, '');
  await heading(nobody, 'Sign in');
  await examine(nobody, 'sign-in');
  await picture(nobody, 'sign-in');
  await signIn(nobody, 'ada@example.org');
  await nobody.getByText('The email address or the password is wrong').waitFor();
  await button(nobody, 'Try without an account').click();
  await heading(nobody, /^Hello, Anonymous/);
  assert.equal(await nobody.getByRole('link', { name: 'Settings' }).count(), 0, 'no page of administrators');
  await stage.open(nobody, '/settings');
  await heading(nobody, 'This page is for administrators.');
  return nobody;
}

/** Ada makes an account and writes in two windows: each shows what the other does, and nothing is lost. */
export async function writeNotes(stage) {
  const ada = await stage.visitor();
  await stage.open(ada, '/notes');
  await signUp(ada, 'ada@example.org');
  await heading(ada, 'Notes');
  await ada.getByText('You have no notes yet').waitFor();
  const second = await ada.context().newPage();
  await stage.open(second, '/notes');
  await second.getByText('You have no notes yet').waitFor();
  await ada.getByRole('link', { name: 'New note' }).first().click();
  await ada.getByLabel('Text of the note').fill('The sourdough needs more salt');
  await ada.getByLabel(/^Tags/).fill('bread, kitchen');
  await ada.keyboard.press('Control+Enter');
  await second.getByText('The sourdough needs more salt').waitFor();
  await stage.open(ada, '/notes?q=sourdough&by=TEXT');
  await ada.getByText('The sourdough needs more salt').waitFor();

  // A save over a newer change shows both, and neither is lost.
  await ada.getByText('The sourdough needs more salt').click();
  await second.getByText('The sourdough needs more salt').click();
  await second.getByLabel('Text of the note').waitFor();
  await ada.getByLabel('Text of the note').fill('The sourdough needs less salt');
  await button(ada, 'Save').click();
  await ada.getByText('The sourdough needs less salt').waitFor();
  await second.getByText('Somebody changed this meanwhile').waitFor();
  await second.getByLabel('Text of the note').fill('The sourdough needs no salt');
  await button(second, 'Save').click();
  await second.getByRole('dialog').getByText('The sourdough needs less salt').first().waitFor();
  await second.getByRole('dialog').getByText('The sourdough needs no salt').first().waitFor();
  await examine(second, 'conflict');
  await picture(second, 'conflict');
  await button(second, 'Save yours over it').click();
  await ada.getByText('The sourdough needs no salt').waitFor();

  // A deletion is taken back.
  await ada.getByText('The sourdough needs no salt').click();
  await button(ada, 'Delete').click();
  await ada.getByText('You have no notes yet').waitFor();
  await button(ada, 'Undo').click();
  await ada.getByText('The sourdough needs no salt').waitFor();
  return { ada, second };
}

/** Two people on one project see each other, and what the other changes; answers Ben and the project's path. */
export async function shareProject(stage, ada) {
  await stage.open(ada, '/projects');
  await button(ada, 'New').first().click();
  await ada.getByLabel(/^Name/).fill('Bakery');
  await button(ada, 'Save').click();
  await button(ada, 'Edit').waitFor();
  await ada.getByLabel('Address').fill('ben@example.org');
  await ada.getByLabel('Role').selectOption('EDITOR');
  await button(ada, 'Invite').click();
  await ada.getByText('The invitation is on its way').waitFor();
  const ben = await stage.visitor();
  await stage.open(ben, '/projects');
  await signUp(ben, 'ben@example.org');
  await button(ben, 'Accept').click();
  await ben.getByRole('link', { name: 'Bakery' }).click();
  await ben.getByText('ada@example.org').first().waitFor();
  await ada.getByText('ben@example.org').first().waitFor();
  await examine(ben, 'project');
  await picture(ben, 'project');
  const path = new URL(ben.url()).pathname.replace('/console', '');
  await button(ben, 'Edit').click();
  await ben.getByLabel(/^Name/).fill('Bakery and café');
  await button(ben, 'Save').click();
  await ada.getByRole('heading', { name: 'Bakery and café' }).waitFor();
  // Both have the form open: who saves last is shown what the other saved.
  for (const page of [ada, ben]) await button(page, 'Edit').click();
  await ben.getByLabel(/^Name/).fill('Bakery at the river');
  await button(ben, 'Save').click();
  await button(ben, 'Edit').waitFor();
  await ada.getByLabel(/^Name/).fill('Bakery on the hill');
  await button(ada, 'Save').click();
  await ada.getByRole('dialog').getByText('Bakery at the river').first().waitFor();
  await ada.getByRole('dialog').getByText('Bakery on the hill').first().waitFor();
  await button(ada, 'Save yours over it').click();
  await ben.getByRole('heading', { name: 'Bakery on the hill' }).waitFor();
  await ben.getByRole('link', { name: 'Notes' }).first().click();
  await ada.getByText('Only you are here').waitFor();
  return { ben, path };
}

/** A second factor is set up, asked for, and shown. */
export async function showSecondFactor(stage, ada) {
  await stage.open(ada, '/account');
  await ada.getByLabel('What to call it').fill('Phone');
  await button(ada, 'Add an authenticator app').click();
  const secret = await ada.locator('dialog dd code').textContent();
  // The code of the half minute before must not be two of them old when it arrives.
  while (Date.now() % 30_000 > 20_000) await ada.waitForTimeout(500);
  await ada.getByLabel('Six digits').fill(totp(secret, -1));
  await button(ada, 'Confirm').click();
  const [recovery] = (await ada.locator('dialog pre').textContent()).split('\n');
  await ada.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await examine(ada, 'account');
  for (const code of [totp(secret, 0), recovery]) {
    await button(ada, 'Sign out').click();
    await signIn(ada, 'ada@example.org');
    await heading(ada, 'Second factor');
    await examine(ada, 'second factor');
    await ada.getByLabel(/^Code of “Phone”/).fill('no such code');
    await button(ada, 'Confirm').click();
    await ada.getByRole('alert').waitFor();
    await ada.getByLabel(/^Code of “Phone”/).fill(code);
    await button(ada, 'Confirm').click();
    await heading(ada, 'Account');
  }
}

/** A chat answers as it is written; without a key it quotes what she has. */
export async function chatWithoutKey(stage, ada) {
  await stage.open(ada, '/chats');
  await button(ada, 'New').first().click();
  await ada.getByLabel(/^Title/).fill('Bread');
  await button(ada, 'Save').click();
  await ada.getByLabel('Say something').fill('How much salt does sourdough need?');
  await button(ada, 'Send').click();
  await ada.locator('.bubble.assistant .prose', { hasText: 'The sourdough needs no salt' }).waitFor();
  await examine(ada, 'chat');
  await picture(ada, 'chat');
}

/** GraphiQL, in its tab, is the same person. */
export async function explore(stage, ada) {
  await stage.open(ada, '/explorer');
  const frame = ada.frameLocator('iframe');
  await frame.locator('.graphiql-query-editor .monaco-editor .view-lines').waitFor({ timeout: 60_000 });
  await frame.locator('.account', { hasText: 'ada@example.org' }).waitFor();
}

/** The demo's people have pages that are full: one of them filters, sorts and saves a table. */
export async function filterTable(stage, demoPassword) {
  const luca = await stage.visitor();
  await stage.open(luca, '/tables/notes');
  await signIn(luca, 'luca.adler.0@demo.example', demoPassword);
  await button(luca, 'Add a filter').click();
  await luca.getByLabel('Value').fill('garden');
  await luca.keyboard.press('Tab');
  await luca.waitForURL(/where=/);
  await luca.locator('tbody tr').first().waitFor();
  await button(luca, 'Word count').click();
  await luca.locator('th[aria-sort="descending"]', { hasText: 'Word count' }).waitFor();
  const [file] = await Promise.all([luca.waitForEvent('download'), button(luca, 'Save as CSV').click()]);
  assert.equal(file.suggestedFilename(), 'notes.csv');
  return luca;
}

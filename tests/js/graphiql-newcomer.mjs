// GraphiQL as a newcomer meets it: node graphiql-newcomer.mjs ORIGIN CHROMIUM
// SCREENSHOTS=DIR keeps pictures of what it looks like.
import assert from 'node:assert/strict';

import { chromium } from 'playwright-core';

import { totp } from './totp.mjs';

const [origin, executablePath] = process.argv.slice(2);
const pictures = process.env.SCREENSHOTS;
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
const problems = [];
const page = await open('/graphql');
const email = `ada-${Date.now()}@example.org`;
const password = 'correct horse battery';

/** Opens an address and waits for the editor. */
async function open(path) {
  const opened = await context.newPage();
  opened.on('pageerror', (error) => problems.push(String(error)));
  opened.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await opened.goto(origin + path);
  await ready(opened);
  return opened;
}

async function ready(opened) {
  await opened.waitForSelector('.graphiql-query-editor .monaco-editor .view-lines', { timeout: 30_000 });
}

async function picture(name) {
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` });
}

const account = page.locator('.account');
const box = page.locator('.account-box');

const result = async () => (await page.locator('.result-window').textContent()).replaceAll('\u00a0', ' ');

/** Waits until the result matches; says what is shown when it never does. */
async function shows(expected) {
  const deadline = Date.now() + 20_000;
  let shown;
  do {
    await page.waitForTimeout(50);
    shown = await result();
  } while (!expected.test(shown) && Date.now() < deadline);
  assert.match(shown, expected, `problems of the page: ${problems.join('; ') || 'none'}`);
}

const execute = () => page.click('button[aria-label^="Execute query"]');
const stop = () => page.click('button[aria-label^="Stop query"]');

/** Shows one of the tabs. */
const tab = (name) => page.locator('.graphiql-tab-button', { hasText: name }).click();

/** Replaces the text of the editor as a paste does, at once. */
async function paste(text) {
  await page.locator('.graphiql-query-editor .monaco-editor').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
}

/** Makes a note, as another program would. */
const makeNote = (content) =>
  page.evaluate(async (text) => {
    const { accessToken } = JSON.parse(localStorage.getItem('mindloom:session'));
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
      body: JSON.stringify({
        query: 'mutation ($text: String!) { createNote(input: { content: $text }) { id } }',
        variables: { text },
      }),
    });
    const { errors } = await response.json();
    if (errors) throw new Error(errors[0].message);
  }, content);

/** Asks as whoever is signed in. */
const ask = (query, variables) =>
  page.evaluate(
    async (body) => {
      const { accessToken } = JSON.parse(localStorage.getItem('mindloom:session'));
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` };
      const response = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify(body) });
      const { data, errors } = await response.json();
      if (errors) throw new Error(errors[0].message);
      return data;
    },
    { query, variables },
  );

async function fillIn(button) {
  await box.getByLabel('Email').fill(email);
  await box.getByLabel('Password').fill(password);
  await box.getByRole('button', { name: button, exact: true }).click();
}

// The address of the API leads here, and each kind of operation has a tab.
assert.equal(new URL(page.url()).pathname, '/graphiql');
const names = await page.locator('.graphiql-tab-button').allTextContents();
assert.deepEqual(names, ['MyNotes', 'MakeNote', 'WatchNotes', 'LiveNotes', 'Lobby']);
await picture('opened');

// Signing in needs no terminal.
await account.click();
await picture('sign-in');
await fillIn('Sign in');
await box.getByText('The email address or the password is wrong').waitFor();
await picture('wrong');
await fillIn('Make an account');
await box.waitFor({ state: 'hidden' });
assert.match(await account.textContent(), new RegExp(`${email}.*(59|60) min`));
await execute();
await shows(new RegExp(`"email": "${email}"`));
await picture('signed-in');
await account.click();
await picture('who');
await box.getByRole('button', { name: 'Sign out' }).click();
await box.getByLabel('Email').waitFor();
await fillIn('Sign in');
await box.waitFor({ state: 'hidden' });

// A second factor is asked for where the account has one: the app's code, or one of those noted down.
const { enrollTotp: app } = await ask('mutation { enrollTotp(friendlyName: "Phone") { factorId secret } }');
const first = await ask(
  'mutation ($id: UUID!, $code: String!) { verifyTotp(factorId: $id, code: $code) { recoveryCodes } }',
  { id: app.factorId, code: totp(app.secret, -1) },
);
const [recoveryCode] = first.verifyTotp.recoveryCodes;
for (const code of [totp(app.secret, 0), recoveryCode]) {
  await page.evaluate(() => localStorage.removeItem('mindloom:session'));
  await page.reload();
  await ready(page);
  await account.click();
  await fillIn('Sign in');
  await box.getByLabel('Code of “Phone”').fill('no such code');
  await box.getByRole('button', { name: 'Confirm' }).click();
  await box.getByText('The code is wrong').waitFor();
  await picture('second-factor');
  await box.getByLabel('Code of “Phone”').fill(code);
  await box.getByRole('button', { name: 'Confirm' }).click();
  await box.waitFor({ state: 'hidden' });
  const { aal } = await page.evaluate(() => {
    const { accessToken } = JSON.parse(localStorage.getItem('mindloom:session'));
    return JSON.parse(atob(accessToken.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')));
  });
  assert.equal(aal, 'aal2');
}
await ask('mutation ($id: UUID!) { unenrollFactor(factorId: $id) }', { id: app.factorId });

// Every tab does what it says.
await tab('MakeNote');
await execute();
await shows(/"content": "Written in GraphiQL"/);
await tab('WatchNotes');
await execute();
await shows(/What happens appears here/);
await picture('listening');
await makeNote('seen by a subscription');
await shows(/"operation": "INSERT"[^]*"seen by a subscription"/);
await picture('change');
await stop();
await tab('LiveNotes');
await execute();
await shows(/"totalCount": 2/);
await makeNote('seen by a live query');
await shows(/"totalCount": 3[^]*"seen by a live query"/);
await stop();
await tab('Lobby');
await execute();
await shows(/"complete": true/);
await stop();

// What was pasted a moment ago runs as what it is, whatever the tab named before.
await paste('subscription Pasted { notesChanges { operation record { content } } }');
await execute();
await shows(/What happens appears here/);
await makeNote('seen by a paste');
await shows(/"seen by a paste"/);
await stop();

// Headers, texts and the session outlive a reload; and a subscription runs before the schema is there.
await page.getByRole('button', { name: 'Headers' }).click();
await page.locator('.graphiql-editor-tool .monaco-editor:visible').click();
await page.keyboard.press('Control+A');
await page.keyboard.insertText('{"x-kept": "yes"}');
await page.waitForFunction(() => JSON.stringify({ ...localStorage }).includes('x-kept'));
let letSchema;
const schema = new Promise((resolve) => (letSchema = resolve));
await context.route('**/graphql', async (route) => {
  if (route.request().postData()?.includes('__schema')) await schema;
  await route.continue();
});
await page.reload();
await ready(page);
await execute();
await shows(/What happens appears here/);
await makeNote('seen without a schema');
await shows(/"seen without a schema"/);
await stop();
letSchema();
assert.match(await page.locator('.graphiql-editor-tool').textContent(), /x-kept/);
assert.match(await account.textContent(), new RegExp(email));

// A session that is about to end is renewed without a word.
const before = await page.evaluate(() => {
  const session = JSON.parse(localStorage.getItem('mindloom:session'));
  session.expiresAt = new Date(Date.now() + 20_000).toISOString();
  localStorage.setItem('mindloom:session', JSON.stringify(session));
  return session.refreshToken;
});
await page.reload();
await ready(page);
await page.waitForFunction(
  (token) => JSON.parse(localStorage.getItem('mindloom:session')).refreshToken !== token,
  before,
);
assert.match(await account.textContent(), /(59|60) min/);

// One that was ended elsewhere is noticed, and said.
await page.evaluate(async () => {
  const { accessToken } = JSON.parse(localStorage.getItem('mindloom:session'));
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` };
  const body = JSON.stringify({ query: 'mutation { signOut(scope: GLOBAL) }' });
  await fetch('/graphql', { method: 'POST', headers, body });
});
await tab('MyNotes');
await execute();
await page.getByRole('button', { name: 'Sign in' }).waitFor();
await account.click();
await box.getByText('The session has ended; sign in again').waitFor();
await fillIn('Sign in');
await box.waitFor({ state: 'hidden' });

// Another window of the browser is the same person, and signs out with this one.
const other = await open('/graphql');
assert.match(await other.locator('.account').textContent(), new RegExp(email));
await account.click();
await box.getByRole('button', { name: 'Sign out' }).click();
await other.getByRole('button', { name: 'Sign in' }).waitFor();
await other.close();

// Without an account, and with a token from elsewhere.
await box.getByRole('button', { name: 'Try without an account' }).click();
await box.waitFor({ state: 'hidden' });
assert.match(await account.textContent(), /Anonymous/);
const token = await page.evaluate(() => JSON.parse(localStorage.getItem('mindloom:session')).accessToken);
await page.evaluate(() => localStorage.removeItem('mindloom:session'));
await page.reload();
await ready(page);
await account.click();
await box.getByText('Use a token').click();
await box.getByLabel('As “mindloom token” prints it').fill('nonsense');
await box.getByRole('button', { name: 'Use it' }).click();
await box.getByText('This is no access token').waitFor();
await box.getByLabel('As “mindloom token” prints it').fill(token);
await box.getByRole('button', { name: 'Use it' }).click();
await box.waitFor({ state: 'hidden' });
await tab('MyNotes');
await execute();
await shows(/"isAnonymous": true/);

// A phone shows all of it.
await page.setViewportSize({ width: 380, height: 760 });
await picture('phone');
const width = await page.evaluate(() => document.documentElement.scrollWidth);
assert.ok(width <= 380, `${width} pixels wide`);
for (const part of ['.account', '.graphiql-query-editor', '.result-window', 'button[aria-label^="Execute query"]']) {
  const place = await page.locator(part).boundingBox();
  assert.ok(place && place.x >= 0 && place.x + place.width <= 380, `${part} is on the screen: ${JSON.stringify(place)}`);
}
const editor = await page.locator('.graphiql-query-editor').boundingBox();
assert.ok(editor.width >= 260 && editor.height >= 180, `room to write: ${JSON.stringify(editor)}`);
await account.click();
await picture('phone-account');
await box.getByRole('button', { name: 'Sign out' }).click();
await picture('phone-sign-in');

await browser.close();
// The browser reports every refused request by itself, the wrong password's among them.
const unexpected = problems.filter((problem) => !problem.includes('the server responded with a status of 401'));
assert.deepEqual(unexpected, [], 'the page reports no problem');
console.log('graphiql-newcomer: ok');

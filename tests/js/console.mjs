// The console as people meet it: node console.mjs LINK CHROMIUM RESTART
//
// LINK is the one that a new server prints. Where the file RESTART is, the server is away; when it goes, it comes back.
// SCREENSHOTS=DIR keeps pictures of what it looks like.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { chromium } from 'playwright-core';

import { totp } from './totp.mjs';

const [link, executablePath, restart] = process.argv.slice(2);
const { origin } = new URL(link);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath, args: flags });
const password = 'correct horse battery';
const problems = [];
const found = [];
const foreign = [];
const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 380, height: 760 } };

/** A browser of its own, as another person has one. */
async function visitor(options = {}) {
  const context = await browser.newContext({ viewport: SIZES.wide, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  page.on('pageerror', (error) => problems.push(`${page.url()}: ${error}`));
  page.on('console', (message) => message.type() === 'error' && problems.push(`${page.url()}: ${message.text()}`));
  page.on('request', (request) => {
    const target = new URL(request.url());
    if (['http:', 'https:'].includes(target.protocol) && target.origin !== origin) foreign.push(request.url());
  });
  return page;
}

const open = (page, path) => page.goto(`${origin}/console${path}`);
const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const button = (page, name) => page.getByRole('button', { name, exact: true });

async function picture(page, name) {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png` });
}

/** What axe finds on the page as it is, and whether it is wider than the window. */
async function examine(page, name) {
  // The page's policy lets no script in; the debugger does.
  const violations = await page.evaluate(`${axe}; axe.run(document, { iframes: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] })
    .then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html.slice(0, 160) + ' — ' + failureSummary.slice(0, 200)).slice(0, 3).join(' | ')))`);
  assert.deepEqual(violations, [], `${name}: axe`);
  const { width } = page.viewportSize();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= width, `${name}: ${wide} pixels wide`);
}

/** Signs in on the page where one is asked to. */
async function signIn(page, email) {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await button(page, 'Sign in').click();
}

/** Pages, each at both sizes, in light and dark, without findings. */
async function tour(page, who, paths) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    const colorScheme = size === 'wide' ? 'light' : 'dark';
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    for (const path of paths) {
      await open(page, path);
      await page.locator('#content h1').waitFor();
      await page.waitForFunction(() => !document.querySelector('.waiting'));
      await picture(page, `${who}-${size}-${path.replace(/\W+/g, '-') || 'home'}`);
      await examine(page, `${who} ${size} ${path}`).catch((error) => found.push(error.message));
    }
  }
  await page.setViewportSize(SIZES.wide);
  await page.emulateMedia({ colorScheme: 'light' });
}

// The first administrator comes by the link, and leads the demo data in.
const admin = await visitor();
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
await button(admin, 'Load the demo data').click();
await admin.getByText('luca.adler.0@demo.example').waitFor({ timeout: 60_000 });
const demoPassword = await admin.locator('dd code').textContent();

// A price is changed in a form, and is another at once in another window.
await open(admin, '/configuration/modelConfigs');
await admin.locator('tbody a').first().click();
const watching = await admin.context().newPage();
await watching.goto(admin.url());
await watching.getByText('Input pricing per million tokens', { exact: true }).waitFor();
await button(admin, 'Edit').click();
await admin.getByLabel('Input pricing per million tokens', { exact: true }).fill('-1');
await button(admin, 'Save').click();
await admin.getByRole('alert').waitFor();
await admin.getByLabel('Input pricing per million tokens', { exact: true }).fill('12.34');
await button(admin, 'Save').click();
await watching.getByText('$12.34').waitFor();
await watching.close();

// The same link is good once.
const late = await visitor();
await late.goto(link);
await late.getByLabel('Your address').fill('late@example.org');
await late.getByLabel(/^Password/).fill(password);
await button(late, 'Become administrator').click();
await late.getByText(/This link was used/).waitFor();

// Somebody comes without an account.
const nobody = await visitor();
await open(nobody, '');
await heading(nobody, 'Sign in');
await examine(nobody, 'sign-in');
await picture(nobody, 'sign-in');
await signIn(nobody, 'ada@example.org');
await nobody.getByText('The email address or the password is wrong').waitFor();
await button(nobody, 'Try without an account').click();
await heading(nobody, /^Hello, Anonymous/);
assert.equal(await nobody.getByRole('link', { name: 'Settings' }).count(), 0, 'no page of administrators');

// Ada makes an account, writes, and is found in a second window at once.
const ada = await visitor();
await open(ada, '/notes');
await ada.getByLabel('Email').fill('ada@example.org');
await ada.getByLabel('Password').fill(password);
await button(ada, 'Make an account').click();
await heading(ada, 'Notes');
await ada.getByText('You have no notes yet').waitFor();
const second = await ada.context().newPage();
await open(second, '/notes');
await second.getByText('You have no notes yet').waitFor();
await ada.getByRole('link', { name: 'New note' }).first().click();
await ada.getByLabel('Text of the note').fill('The sourdough needs more salt');
await ada.getByLabel(/^Tags/).fill('bread, kitchen');
await ada.keyboard.press('Control+Enter');
await second.getByText('The sourdough needs more salt').waitFor();
await ada.goto(`${origin}/console/notes?q=sourdough&by=TEXT`);
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

// Two people on one project see each other, and what the other changes.
await open(ada, '/projects');
await button(ada, 'New').first().click();
await ada.getByLabel(/^Name/).fill('Bakery');
await button(ada, 'Save').click();
await button(ada, 'Edit').waitFor();
await ada.getByLabel('Address').fill('ben@example.org');
await ada.getByLabel('Role').selectOption('EDITOR');
await button(ada, 'Invite').click();
await ada.getByText('The invitation is on its way').waitFor();
const ben = await visitor();
await open(ben, '/projects');
await ben.getByLabel('Email').fill('ben@example.org');
await ben.getByLabel('Password').fill(password);
await button(ben, 'Make an account').click();
await button(ben, 'Accept').click();
await ben.getByRole('link', { name: 'Bakery' }).click();
await ben.getByText('ada@example.org').first().waitFor();
await ada.getByText('ben@example.org').first().waitFor();
await examine(ben, 'project');
await picture(ben, 'project');
await button(ben, 'Edit').click();
await ben.getByLabel(/^Name/).fill('Bakery and café');
await button(ben, 'Save').click();
await ada.getByRole('heading', { name: 'Bakery and café' }).waitFor();
await ben.getByRole('link', { name: 'Notes' }).first().click();
await ada.getByText('Only you are here').waitFor();
await ben.close();

// A second factor is set up, asked for, and shown.
await open(ada, '/account');
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

// A chat answers as it is written; without a key it quotes what she has.
await open(ada, '/chats');
await button(ada, 'New').first().click();
await ada.getByLabel(/^Title/).fill('Bread');
await button(ada, 'Save').click();
await ada.getByLabel('Say something').fill('How much salt does sourdough need?');
await button(ada, 'Send').click();
await ada.locator('.bubble.assistant .prose', { hasText: 'The sourdough needs no salt' }).waitFor();
await examine(ada, 'chat');
await picture(ada, 'chat');

// GraphiQL, in its tab, is the same person.
await open(ada, '/explorer');
const frame = ada.frameLocator('iframe');
await frame.locator('.graphiql-query-editor .monaco-editor .view-lines').waitFor({ timeout: 60_000 });
await frame.locator('.account', { hasText: 'ada@example.org' }).waitFor();

// The demo's people have pages that are full.
const luca = await visitor();
await open(luca, '');
await luca.getByLabel('Email').fill('luca.adler.0@demo.example');
await luca.getByLabel('Password').fill(demoPassword);
await button(luca, 'Sign in').click();
await heading(luca, /^Hello/);
await open(luca, '/tables/notes');
await button(luca, 'Add a filter').click();
await luca.getByLabel('Value').fill('garden');
await luca.keyboard.press('Tab');
await luca.waitForURL(/where=/);
await luca.locator('tbody tr').first().waitFor();
await button(luca, 'Word count').click();
await luca.locator('th[aria-sort="descending"]', { hasText: 'Word count' }).waitFor();
const [file] = await Promise.all([luca.waitForEvent('download'), button(luca, 'Save as CSV').click()]);
assert.equal(file.suggestedFilename(), 'notes.csv');

// Every page as each of them, at both sizes, in light and dark.
await Promise.all([
  tour(admin, 'admin', [
    '',
    '/usage',
    '/jobs',
    '/jobs?tab=schedules',
    '/users',
    '/configuration',
    '/configuration/adminConfigs',
    '/logs',
    '/logs/auditEntries',
    '/feedback',
    '/database',
    '/settings',
    '/tables/users',
    '/explorer',
  ]),
  tour(nobody, 'anonymous', ['', '/notes', '/clusters', '/documents', '/chats', '/artifacts', '/prompts', '/projects', '/account', '/realtime']),
  tour(luca, 'luca', ['', '/notes', '/clusters', '/chats', '/usage', '/prompts']),
]);

// The server goes away under an open page and comes back: the page says so, goes on, and misses nothing.
await open(ada, '/notes');
await ada.getByText('The sourdough needs no salt').waitFor();
writeFileSync(restart, '');
await ada.getByText('The server went away').waitFor();
await examine(ada, 'away');
rmSync(restart);
await ada.getByText('Connected again').waitFor({ timeout: 60_000 });
await open(second, '/notes/new');
await second.getByLabel('Text of the note').fill('Written after the restart');
await button(second, 'Save').click();
await ada.getByText('Written after the restart').waitFor();

// The first paint, and what was loaded for it.
const fresh = await visitor();
await open(fresh, '');
await heading(fresh, 'Sign in');
const { paint, bytes } = await fresh.evaluate(() => ({
  paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
  bytes: performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
}));
assert.ok(bytes > 0 && bytes <= 250_000, `${bytes} bytes of JavaScript before a page is chosen`);

await browser.close();
assert.deepEqual(found, [], 'axe and the width of the pages');
assert.deepEqual(foreign, [], 'everything comes from the server itself');
// The browser reports every refused request and lost connection by itself.
const expected = /status of 40[013]|status of 5\d\d|status of 409|WebSocket connection|ERR_CONNECTION|ERR_EMPTY|ERR_INCOMPLETE/;
assert.deepEqual(problems.filter((problem) => !expected.test(problem)), [], 'the pages report no problem');
console.log(`console: ok (first paint after ${Math.round(paint)} ms, ${bytes} bytes of JavaScript)`);

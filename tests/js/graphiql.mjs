// GraphiQL in a headless browser: node graphiql.mjs URL CHROMIUM TOKEN [SCREENSHOT]
import assert from 'node:assert/strict';

import { chromium } from 'playwright-core';

const [url, executablePath, token] = process.argv.slice(2);
const screenshot = process.env.SCREENSHOT;
const origin = new URL(url).origin;
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1400, height: 850 } });
const problems = [];
const foreign = [];
page.on('pageerror', (error) => problems.push(String(error)));
page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
page.on('request', (request) => {
  const target = new URL(request.url());
  if (['http:', 'https:'].includes(target.protocol) && target.origin !== origin) foreign.push(request.url());
});

/** Replaces the text of one of the editors. */
async function type(editor, text) {
  await page.locator(editor).first().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
  // The editor may have closed a brace by itself behind what was inserted.
  await page.keyboard.press('Control+Shift+End');
  await page.keyboard.press('Delete');
}

/** Runs the document and waits until the result matches; says what the page showed when it never does. */
async function execute(expected) {
  await page.click('button[aria-label^="Execute query"]');
  const deadline = Date.now() + 20_000;
  let shown;
  do {
    await page.waitForTimeout(50);
    shown = (await page.locator('.result-window').textContent()).replaceAll('\u00a0', ' ');
  } while (!expected.test(shown) && Date.now() < deadline);
  assert.match(shown, expected, `problems of the page: ${problems.join('; ') || 'none'}`);
}

await page.goto(`${origin}/graphiql`);
await page.waitForSelector('.graphiql-query-editor .monaco-editor .view-lines', { timeout: 20_000 });
await page.getByRole('button', { name: 'Headers' }).click();
await page.waitForSelector('.graphiql-editor-tool .monaco-editor:visible');

await type('.graphiql-query-editor .monaco-editor', 'query Who { whoami }');
await type('.graphiql-editor-tool .monaco-editor:visible', JSON.stringify({ Authorization: `Bearer ${token}` }));
await execute(/authenticated/);

await type('.graphiql-query-editor .monaco-editor', 'subscription Ticks { ticks(count: 5, everyMs: 20) }');
await execute(/"ticks":\s*"4"/);

// The workers check the document against the schema: a field that is not there is marked.
await type('.graphiql-query-editor .monaco-editor', '{ nothing }');
await page.waitForSelector('.graphiql-query-editor .squiggly-error', { timeout: 20_000 });
if (screenshot) await page.screenshot({ path: screenshot });
await browser.close();
assert.deepEqual(foreign, [], 'everything comes from the server itself');
assert.deepEqual(problems, [], 'the page reports no problem');
console.log('graphiql: ok');

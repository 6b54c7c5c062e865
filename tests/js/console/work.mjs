// What people do with files, documents, insights, assistants, feedback and chats in the console.
import assert from 'node:assert/strict';

import { button, examine, heading, picture } from './stage.mjs';

const DOUGH = 'The dough of the bread rests for an hour at room temperature before it is shaped.';

/** Seconds of a tone, as WAV. */
export function tone(seconds = 1) {
  const [rate, count] = [8_000, 8_000 * seconds];
  const file = Buffer.alloc(44 + count * 2);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + count * 2, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(count * 2, 40);
  for (let place = 0; place < count; place += 1) file.writeInt16LE(Math.sin(place / 5) * 8_000, 44 + place * 2);
  return file;
}

/** A recording goes up, is heard, given away, moved, and deleted; what the bucket does not take is refused in words. */
export async function keepFiles(stage, page) {
  await stage.open(page, '/files/audio-recordings');
  await heading(page, 'Files');
  await page.getByText('Open another folder, or begin one').click();
  await page.getByLabel('Recordings of the project').selectOption({ index: 1 });
  await page.getByText('Nothing lies in this folder yet').waitFor();
  const watching = await page.context().newPage();
  await watching.goto(page.url());
  await watching.getByText('Nothing lies in this folder yet').waitFor();
  await page.getByLabel('Files to upload').setInputFiles([
    { name: 'kneading.wav', mimeType: 'audio/wav', buffer: tone() },
    { name: 'words.txt', mimeType: 'text/plain', buffer: Buffer.from('no recording') },
  ]);
  await page.getByText('Stored', { exact: true }).waitFor();
  await page.getByRole('alert').filter({ hasText: 'not supported' }).waitFor();
  // It is there in the other window, too, by itself.
  await watching.getByRole('link', { name: /kneading/ }).click();
  await watching.waitForFunction(() => document.querySelector('audio')?.readyState >= 1);
  await button(watching, 'Make a link').click();
  const link = await watching.getByLabel('Address').inputValue();
  const given = await fetch(link);
  assert.equal(given.status, 200, 'whoever has the link reads the file');
  assert.equal((await given.arrayBuffer()).byteLength, tone().length);
  await examine(watching, 'a file');
  await picture(watching, 'file');
  const path = await watching.getByLabel('Path').inputValue();
  await watching.getByLabel('Path').fill('elsewhere/kneading.wav');
  await button(watching, 'Move').click();
  await watching.getByRole('alert').waitFor();
  await watching.getByLabel('Path').fill(path.replace('kneading', 'kneaded'));
  await button(watching, 'Move').click();
  await page.getByRole('link', { name: /kneaded/ }).waitFor();
  await watching.close();
  await page.getByRole('button', { name: /^Delete .*kneaded/ }).click();
  await page.getByText('Nothing lies in this folder yet').waitFor();
  await button(page, 'Undo').click();
  await page.getByRole('link', { name: /kneaded/ }).waitFor();
}

/** A document is made of chosen notes, names them, and has a version after it. */
export async function writeDocument(stage, page) {
  await stage.open(page, '/notes/new');
  await page.getByLabel('Text of the note').fill(`${DOUGH} The oven has to be hot when the loaf goes in, or the crust stays pale.`);
  await button(page, 'Save').click();
  await page.getByText(DOUGH).waitFor();
  await stage.open(page, '/documents/write?from=notes');
  await page.getByLabel('Part of a note').fill('rests for an hour');
  await page.getByLabel(DOUGH).check();
  await page.getByLabel('Title').fill('About bread');
  await page.getByLabel('Model', { exact: true }).selectOption('local');
  await button(page, 'Write it').click();
  await heading(page, 'About bread');
  await page.locator('article').getByText(DOUGH).waitFor();
  await page.locator('.sources').getByText(DOUGH).waitFor();
  await page.getByText('Write another version').click();
  await page.getByLabel('Model', { exact: true }).selectOption('local');
  const former = page.url();
  await button(page, 'Write it').click();
  await page.waitForURL((url) => url.href !== former);
  await page.getByRole('link', { name: 'Version 2' }).waitFor();
  await page.getByRole('link', { name: 'Version 1' }).waitFor();
  await examine(page, 'a document');
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Save as Markdown').click()]);
  assert.equal(file.suggestedFilename(), 'About-bread.md');
}

/** This week's insight is written, and read where it is. */
export async function readWeek(stage, page) {
  await stage.open(page, '/insights');
  await button(page, 'Write this week’s').click();
  await page.getByText('It is written: read it').click();
  await page.locator('article').getByText(/You wrote \d+ note/).waitFor();
  await examine(page, 'an insight');
}

/** A program gets a token, reads with it, and is refused once it is revoked. */
export async function connectAssistant(stage, page) {
  await stage.open(page, '/assistants');
  await page.getByLabel('What it is for').fill('Desk');
  await button(page, 'Make the token').click();
  const token = await page.getByRole('dialog').locator('pre').first().textContent();
  await examine(page, 'a new token');
  const listTools = () =>
    fetch(`${stage.origin}/mcp`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
    });
  assert.equal((await listTools()).status, 200);
  await button(page, 'I have it').click();
  assert.ok(!(await page.content()).includes(token), 'it is shown once');
  await button(page, 'Revoke Desk').click();
  await button(page, 'Revoke it').click();
  await page.getByText('No program has a token').waitFor();
  assert.equal((await listTools()).status, 401, 'it opens nothing any more');
}

/** A question is asked in other words, and both branches are there. */
export async function branchChat(stage, page) {
  await stage.open(page, '/chats/new');
  await page.getByLabel('Say something').fill('Does sourdough need salt?');
  await button(page, 'Send').click();
  await page.locator('.bubble.assistant .prose', { hasText: 'The sourdough needs no salt' }).waitFor();
  await button(page, 'Answer again').click();
  await page.locator('.bubble.assistant').getByText('2 / 2').waitFor();
  await button(page, 'Answer again').waitFor();
  await page.locator('.bubble.user').getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByLabel('What you say instead').fill('And how much salt?');
  await button(page, 'Ask that').click();
  await page.locator('.bubble.user', { hasText: 'And how much salt?' }).getByText('2 / 2').waitFor();
  await button(page, 'Answer again').waitFor();
  await button(page, 'Former branch').click();
  await page.locator('.bubble.user', { hasText: 'Does sourdough need salt?' }).getByText('1 / 2').waitFor();
  await examine(page, 'a chat with branches');
}

/** An administrator answers what somebody said, tags it, and sees it counted. */
export async function answerFeedback(stage, page) {
  await stage.open(page, '/feedback');
  await page.locator('tbody a').first().click();
  await page.getByLabel('What you answer').fill('It is mended in the next version.');
  await page.getByLabel('Status', { exact: true }).selectOption('RESOLVED');
  await button(page, 'Save').click();
  await page.locator('.bubble', { hasText: 'It is mended in the next version.' }).waitFor();
  const tag = page.getByRole('group', { name: 'Tags' }).locator('[aria-pressed="false"]').first();
  const name = (await tag.textContent()).trim();
  await tag.click();
  await page.getByRole('group', { name: 'Tags' }).locator('[aria-pressed="true"]', { hasText: name }).waitFor();
  await stage.open(page, '/feedback/figures?days=90');
  await page.getByRole('table', { name: 'By tag' }).getByText(name).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.chart canvas').length === 2);
  await examine(page, 'figures of feedback');
}

/** A passkey of the device is made, signs its owner in, and is taken away. */
export async function usePasskey(stage, comeIn) {
  // Browsers have passkeys for names alone, and this machine's is good for its number, too.
  const origin = stage.origin.replace('127.0.0.1', 'localhost');
  const context = await stage.browser.newContext();
  const page = await context.newPage();
  const device = await context.newCDPSession(page);
  await device.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  await device.send('WebAuthn.addVirtualAuthenticator', { options });
  await page.goto(`${origin}/console/account`);
  await comeIn(page);
  await page.getByText('You have no passkey.').waitFor();
  await page.getByLabel('Name of the passkey').fill('Laptop');
  await button(page, 'Add a passkey').click();
  await button(page, 'Rename Laptop').click();
  await page.getByLabel('New name').fill('Old laptop');
  await page.locator('form', { has: page.getByLabel('New name') }).getByRole('button', { name: 'Save' }).click();
  await button(page, 'Remove Old laptop').waitFor();
  await examine(page, 'a passkey');
  await button(page, 'Sign out').click();
  await button(page, 'Sign in with a passkey').click();
  await heading(page, 'Account');
  await button(page, 'Remove Old laptop').click();
  await page.getByText('You have no passkey.').waitFor();
  await context.close();
}

// A picture that goes with what is said in a chat: stored, chosen, sent to the model, and seen in the message.
import assert from 'node:assert/strict';

import { button, examine, heading, picture } from './stage.mjs';

const LOAF = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

/** One picture that lies under Files, and one that comes from this device; what the bucket does not take is refused. */
export async function attachPicture(stage, page, provider) {
  await store(stage, page);
  provider.says(() => ({ words: ['A', ' golden', ' loaf.'] }));
  await stage.open(page, '/chats/new');
  await page.getByLabel('Say something').fill('What do you see?');
  await page.getByText('Attach files').click();
  await page.getByLabel('Part of a name').fill('loaf');
  const choice = page.getByRole('checkbox', { name: /loaf\.png/ });
  // What is chosen can be taken away again.
  await choice.check();
  await page.getByRole('button', { name: /^Take .*loaf\.png away/ }).click();
  await page.getByRole('checkbox', { name: /loaf\.png/, checked: false }).waitFor();
  await choice.check();
  const device = page.getByLabel('Files of this device');
  await device.setInputFiles([{ name: 'crumb.png', mimeType: 'image/png', buffer: LOAF }]);
  await page.getByRole('button', { name: /^Take crumb\.png away/ }).waitFor();
  await device.setInputFiles([{ name: 'oven.zip', mimeType: 'application/zip', buffer: Buffer.from('PK\x03\x04') }]);
  await page.getByRole('alert').filter({ hasText: 'not supported' }).waitFor();
  await examine(page, 'pictures to be sent');
  await button(page, 'Send').click();
  await page.getByText('A golden loaf.').waitFor();
  const sent = page.locator('.bubble.user').getByRole('list', { name: 'Attachments' }).getByRole('img');
  await sent.nth(1).waitFor();
  await page.reload();
  await sent.nth(1).waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll('img.thumb')].every(({ naturalWidth }) => naturalWidth > 0));
  await picture(page, 'chat-attachment');
  const { content } = provider.asked.at(-1).messages.at(-1);
  const shown = content.filter(({ type }) => type === 'image_url').map(({ image_url: { url } }) => url);
  const loaf = `data:image/png;base64,${LOAF.toString('base64')}`;
  assert.deepEqual(shown, [loaf, loaf], 'the model is shown the pictures');
}

/** Everybody has a folder for attachments from the first minute. */
async function store(stage, page) {
  await stage.open(page, '/files/chat-attachments');
  await heading(page, 'Files');
  await page.getByLabel('Files to upload').setInputFiles([{ name: 'loaf.png', mimeType: 'image/png', buffer: LOAF }]);
  await page.getByRole('link', { name: /loaf\.png/ }).waitFor();
}

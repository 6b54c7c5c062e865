// A picture that goes with what is said in a chat: stored, chosen, sent to the model, and seen in the message.
import assert from 'node:assert/strict';

import { button, examine, heading, picture } from './stage.mjs';

const LOAF = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

export async function attachPicture(stage, admin, page, provider) {
  await takePictures(stage, admin);
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
  await examine(page, 'a picture to be sent');
  await button(page, 'Send').click();
  await page.getByText('A golden loaf.').waitFor();
  const sent = page.locator('.bubble.user').getByRole('list', { name: 'Attachments' }).getByText(/loaf\.png/);
  await sent.waitFor();
  await page.reload();
  await sent.waitFor();
  await picture(page, 'chat-attachment');
  const { content } = provider.asked.at(-1).messages.at(-1);
  const shown = content.find(({ type }) => type === 'image_url');
  assert.equal(shown?.image_url.url, `data:image/png;base64,${LOAF.toString('base64')}`, 'the model is shown the picture');
}

/** A new server keeps recordings alone, until an administrator lets its bucket take more. */
async function takePictures(stage, admin) {
  await stage.open(admin, '/tables/buckets');
  await admin.getByRole('link', { name: 'audio-recordings' }).first().click();
  await button(admin, 'Edit').click();
  const types = admin.getByLabel('Allowed mime types');
  await types.fill(`${await types.inputValue()}, image/png`);
  await button(admin, 'Save').click();
  await admin.locator('dd', { hasText: 'image/png' }).waitFor();
}

async function store(stage, page) {
  await stage.open(page, '/files');
  await heading(page, 'Files');
  await page.getByText('Open another folder, or begin one').click();
  await page.getByLabel('Recordings of the project').selectOption({ index: 1 });
  await page.getByText('Upload files').waitFor();
  await page.getByLabel('Files to upload').setInputFiles([{ name: 'loaf.png', mimeType: 'image/png', buffer: LOAF }]);
  await page.getByRole('link', { name: /loaf\.png/ }).waitFor();
}

// Files on their way: they go on whichever page is looked at, and who closes the window is asked first.
import assert from 'node:assert/strict';

import { examine, heading, picture } from './stage.mjs';
import { tone } from './work.mjs';

/** Six minutes: 5.8 MB. */
const LONG = tone(360);

const SLOW = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 400_000 };
const FAST = { ...SLOW, uploadThroughput: -1 };

export async function leaveWhileUploading(stage, ada) {
  const page = await ada.context().newPage();
  await stage.open(page, '/files/audio-recordings');
  await heading(page, 'Files');
  await page.getByText('Open another folder, or begin one').click();
  await page.getByLabel('Recordings of the project').selectOption({ index: 1 });
  await page.getByText('Upload files').waitFor();
  const line = await page.context().newCDPSession(page);
  await line.send('Network.enable');
  await line.send('Network.emulateNetworkConditions', SLOW);
  await page.getByLabel('Files to upload').setInputFiles([{ name: 'long.wav', mimeType: 'audio/wav', buffer: LONG }]);
  await page.locator('progress').waitFor();
  await page.getByRole('link', { name: 'Notes' }).first().click();
  await heading(page, 'Notes');
  const told = page.getByRole('link', { name: /A file is on its way/ });
  await told.waitFor();
  await examine(page, 'a file on its way');
  await picture(page, 'upload-elsewhere');
  const asked = page.waitForEvent('dialog');
  page.close({ runBeforeUnload: true });
  const dialog = await asked;
  assert.equal(dialog.type(), 'beforeunload', 'whoever closes the window is asked first');
  await dialog.dismiss();
  await told.click();
  await heading(page, 'Files');
  await line.send('Network.emulateNetworkConditions', FAST);
  await page.getByText('Stored', { exact: true }).waitFor();
  await page.getByRole('link', { name: /long\.wav/ }).waitFor();

  // One that is stopped is not stored.
  await line.send('Network.emulateNetworkConditions', SLOW);
  await page.getByLabel('Files to upload').setInputFiles([{ name: 'never.wav', mimeType: 'audio/wav', buffer: LONG }]);
  await page.locator('progress').waitFor();
  await page.getByRole('button', { name: /^Stop .*never/ }).click();
  await page.locator('progress').waitFor({ state: 'detached' });
  await line.send('Network.emulateNetworkConditions', FAST);
  await page.reload();
  await page.getByRole('link', { name: /long\.wav/ }).waitFor();
  assert.equal(await page.getByRole('link', { name: /never\.wav/ }).count(), 0, 'a file that was stopped is not stored');
  await page.close();
}

// A tool that asks first: nothing is done before somebody allows it, and nothing where they refuse.
import assert from 'node:assert/strict';

import { button, examine, picture, tokenOf } from './stage.mjs';

const NOTE = 'The rye starter is fed on Fridays';
const NOTES = '{ notes(where: { content: { contains: "rye starter" } }) { nodes { deletedAt } } }';

/** A model that looks for the note, deletes it where it may, and says how it went. */
function deletes({ messages }) {
  const { role, content } = messages.at(-1);
  if (role === 'user') return { calls: [{ name: 'searchNotes', input: { query: 'rye starter' } }] };
  if (content.startsWith('Error: ')) return { words: ['Then', ' it', ' stays.'] };
  const { found, deleted } = JSON.parse(content);
  return deleted ? { words: ['It', ' is', ' in', ' the', ' bin.'] } : { calls: [{ name: 'deleteNote', input: { id: found[0].id } }] };
}

export async function answerTool(stage, page, provider) {
  provider.says(deletes);
  await stage.open(page, '/notes/new');
  await page.getByLabel('Text of the note').fill(NOTE);
  await button(page, 'Save').click();
  await page.getByText(NOTE).waitFor();
  const watching = await page.context().newPage();
  await stage.open(watching, '/notes');
  await watching.getByText(NOTE).waitFor();
  // A window behind another is drawn once a second.
  await page.bringToFront();
  const token = await tokenOf(page);
  const isThere = async () => (await stage.ask(token, NOTES)).notes.nodes.some(({ deletedAt }) => !deletedAt);

  await stage.open(page, '/chats/new');
  await page.getByLabel('Say something').fill('Delete my note about the rye starter');
  await button(page, 'Send').click();
  await button(page, 'Refuse it').waitFor();
  // Whoever comes back later is asked all the same.
  await page.reload();
  await page.getByText(`Put the note “${NOTE}” into the bin`).waitFor();
  assert.ok(await isThere(), 'nothing is done while it asks');
  await examine(page, 'a tool that asks first');
  await picture(page, 'tool-request');
  await button(page, 'Refuse it').click();
  await page.getByText('Then it stays.').waitFor();
  await page.locator('.request').getByText('Rejected').waitFor();
  assert.ok(await isThere(), 'nothing is done where somebody refuses');

  await page.getByLabel('Say something').fill('Delete it all the same');
  await button(page, 'Send').click();
  await button(page, 'Allow it').waitFor();
  assert.ok(await isThere(), 'what was refused is asked again');
  assert.equal(await watching.getByText(NOTE).count(), 1);
  await button(page, 'Allow it').click();
  await watching.getByText(NOTE).waitFor({ state: 'detached' });
  await page.getByText('It is in the bin.').waitFor();
  await page.locator('.request').last().getByText('Accepted').waitFor();
  assert.equal(await isThere(), false);
  await watching.close();
}

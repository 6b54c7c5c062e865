// An answer that is read while it is written: after a reload in its middle, too.
import assert from 'node:assert/strict';

import { button, examine, picture } from './stage.mjs';

const words = Array.from({ length: 60 }, (_, place) => `word${place} `);
const upTo = (count) => words.slice(0, count).join('').trim();

export async function answerSurvivesReload(stage, reader, provider) {
  provider.says(() => ({ words }));
  provider.sayUpTo(0);
  await stage.open(reader, '/chats');
  await button(reader, 'New').first().click();
  await reader.getByLabel(/^Title/).fill('Slowly');
  await button(reader, 'Save').click();
  await reader.getByLabel('Say something').fill('Count, please');
  await button(reader, 'Send').click();
  const answer = reader.locator('.bubble.assistant .prose').last();
  provider.sayUpTo(20);
  await reader.getByText('word19').waitFor();
  await reader.reload();
  await reader.getByText('word19').waitFor();
  assert.equal((await answer.textContent()).trim(), upTo(20), 'what was said before the reload, once');
  await examine(reader, 'an answer in the middle');
  await picture(reader, 'chat-answering');
  provider.sayUpTo(30);
  await reader.getByText('word29').waitFor();
  provider.sayUpTo(Infinity);
  await button(reader, 'Stop').waitFor({ state: 'detached' });
  assert.equal((await answer.textContent()).trim(), upTo(words.length), 'the whole answer, each word once');
}

// What a newcomer's hands and places find: the keyboard alone, a phone, another zone, a session that is over.
import assert from 'node:assert/strict';

import { button, examine, heading, picture, signIn, SIZES } from './stage.mjs';

const focused = (page) => page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.id);

/** Signs in, gets around and away with nothing but keys. */
export async function keyboardAlone(stage, demoPassword) {
  const page = await stage.visitor();
  await stage.open(page, '');
  await heading(page, 'Sign in');
  const until = async (isThere, what) => {
    for (let steps = 0; steps < 60; steps += 1) {
      if (await page.evaluate(isThere)) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`Tab never reaches ${what}`);
  };
  await until(() => document.activeElement?.type === 'email', 'the address');
  await page.keyboard.type('luca.adler.0@demo.example');
  await page.keyboard.press('Tab');
  await page.keyboard.type(demoPassword);
  await page.keyboard.press('Enter');
  await heading(page, /^Hello/);
  // There is something to stop at once the page has its rows.
  await page.locator('#content').locator('a, button').first().waitFor();
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'Skip to the content', 'the first stop leads past the menu');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(() => document.activeElement.closest('#content')), 'after it comes the content');
  await page.evaluate(() => document.querySelector('.side .brand').focus());
  await until(() => document.activeElement?.textContent === 'Notes', 'the menu’s notes');
  await page.keyboard.press('Enter');
  await heading(page, 'Notes');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'content', 'the next stop is on the page that was opened');
  await until(() => document.activeElement?.textContent === 'New note', 'the button of a new note');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
  return page;
}

/** A phone's menu is there wherever the page was scrolled, and goes by Escape or a choice. */
export async function phoneMenu(page) {
  await page.setViewportSize(SIZES.phone);
  await page.goto(new URL('/console/tables/notes', page.url()).href);
  // Rows are drawn in turns, and may be others a moment later.
  await page.locator('tbody tr').nth(20).waitFor();
  await page.evaluate(() => document.querySelectorAll('tbody tr')[20].scrollIntoView());
  await button(page, 'Menu').click();
  const chats = page.locator('.side').getByRole('link', { name: 'Chats' });
  await chats.waitFor();
  const box = await chats.boundingBox();
  assert.ok(box.y > 0 && box.y < SIZES.phone.height, `the menu opens where one looks, not at ${box.y}`);
  await examine(page, 'the menu of a phone');
  await picture(page, 'phone-menu');
  await page.keyboard.press('Escape');
  await chats.waitFor({ state: 'hidden' });
  assert.equal(await focused(page), 'Menu', 'the focus is where it was');
  await button(page, 'Menu').click();
  await chats.click();
  await heading(page, 'Chats');
  await chats.waitFor({ state: 'hidden' });
}

/** Times are those of the reader's zone, and a session that is over says so and leads back. */
export async function elsewhere(stage, page, demoPassword) {
  const storageState = await page.context().storageState();
  const far = await stage.visitor({ storageState, timezoneId: 'Asia/Tokyo', locale: 'de-DE' });
  await stage.open(far, '/notes');
  const time = far.locator('time').first();
  await time.waitFor();
  const [at, title] = [await time.getAttribute('datetime'), await time.getAttribute('title')];
  const expected = new Intl.DateTimeFormat('de-DE', { dateStyle: 'full', timeStyle: 'long', timeZone: 'Asia/Tokyo' }).format(new Date(at));
  assert.equal(title, expected);
  await far.evaluate(() => {
    const session = JSON.parse(localStorage.getItem('mindloom:session'));
    localStorage.setItem('mindloom:session', JSON.stringify({ ...session, accessToken: `${session.accessToken}x`, refreshToken: 'gone', expiresAt: new Date(0).toISOString() }));
  });
  await far.reload();
  await far.getByText('The session has ended; sign in again.').waitFor();
  await signIn(far, 'luca.adler.0@demo.example', demoPassword);
  await heading(far, 'Notes');
  await far.context().close();
}

// What is offered to whom: pages show nothing that ends in a refusal, and say why.
import assert from 'node:assert/strict';

import { button, examine, heading, password, picture, signIn, signUp } from './stage.mjs';

/** Nothing of what is named can be pressed. */
async function offersNone(page, names, who) {
  for (const name of names) assert.equal(await button(page, name).count(), 0, `${name} is not offered to ${who}`);
}

/** A viewer and an editor of a project are shown what each may do. */
export async function respectRoles(stage, ada, ben, path) {
  await stage.open(ada, path);
  await ada.getByLabel('Address').fill('cora@example.org');
  await ada.getByLabel('Role').selectOption('VIEWER');
  await button(ada, 'Invite').click();
  await ada.getByText('The invitation is on its way').waitFor();
  const cora = await stage.visitor();
  await stage.open(cora, '/projects');
  await signUp(cora, 'cora@example.org');
  await button(cora, 'Accept').click();
  await stage.open(cora, path);
  await cora.getByText('You may look at this project').waitFor();
  await offersNone(cora, ['Edit', 'Delete', 'Invite'], 'a viewer');
  await button(cora, 'Leave the project').waitFor();
  await examine(cora, 'a project for a viewer');
  await picture(cora, 'project-viewer');
  await stage.open(ben, path);
  await ben.getByText('Only the person whose it is may delete it').waitFor();
  await button(ben, 'Edit').waitFor();
  await offersNone(ben, ['Delete', 'Invite'], 'an editor');

  // What she records there, they hear, and leave alone.
  const { id } = await ada.evaluate(() => JSON.parse(localStorage.getItem('mindloom:session')).user);
  await stage.open(ben, `/files/audio-recordings/${id}/${path.split('/').at(-1)}`);
  await ben.getByText('This folder is somebody else’s').waitFor();
  await ben.getByRole('link', { name: /kneaded/ }).waitFor();
  assert.equal(await ben.getByRole('button', { name: /^Delete/ }).count(), 0, 'files of others are not deleted');
  await ben.getByRole('link', { name: /kneaded/ }).click();
  await ben.getByText('This file is somebody else’s').waitFor();
  await offersNone(ben, ['Delete', 'Move'], 'whoever hears a recording');

  // What administrators set is read by all.
  await stage.open(ben, '/tables/modelConfigs');
  await ben.locator('tbody a').first().waitFor();
  await offersNone(ben, ['New'], 'a user');
  await ben.locator('tbody a').first().click();
  await ben.getByText('Administrators alone change this').waitFor();
  await offersNone(ben, ['Edit', 'Delete'], 'a user');

  await stage.open(cora, path);
  await button(cora, 'Leave the project').click();
  await heading(cora, 'Projects');
  await cora.getByRole('link', { name: 'Bakery on the hill' }).waitFor({ state: 'detached' });
  await cora.context().close();
}

/** An administrator looks as somebody else, changes nothing, and stops when they sign out in another window. */
export async function lookAsSomebody(stage, admin) {
  const looking = await admin.context().newPage();
  await lookAs(stage, looking, 'ada@example.org');
  await stage.open(admin, '/notes');
  await heading(admin, 'Notes');
  await looking.getByRole('link', { name: 'Notes' }).first().click();
  await looking.getByText('The sourdough needs no salt').click();
  await looking.getByText('You look as somebody else').waitFor();
  await offersNone(looking, ['Save', 'Delete'], 'whoever looks as somebody else');
  await examine(looking, 'looking as somebody else');
  await picture(looking, 'acting');
  assert.equal(await admin.getByText('The sourdough needs no salt').count(), 0, 'the other window is the administrator’s own');
  await button(looking, 'Stop').click();
  await looking.getByText('You look as yourself again').waitFor();
  await lookAs(stage, looking, 'ada@example.org');
  await button(admin, 'Sign out').click();
  await heading(looking, 'Sign in');
  assert.equal(await looking.getByText('You see what').count(), 0);
  await signIn(admin, 'root@example.org', password);
  await heading(admin, 'Notes');
  await heading(looking, /^Hello/);
  assert.equal(await looking.getByText('You see what').count(), 0, 'it does not go on by itself');
  await looking.close();
}

async function lookAs(stage, page, email) {
  await stage.open(page, '/users');
  await page.getByLabel('Part of an address').fill(email);
  const row = page.getByRole('row').filter({ hasText: email });
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  await row.getByRole('button', { name: 'See as they do' }).click();
  await page.getByText(/^You see what/).waitFor();
}

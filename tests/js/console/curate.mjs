// What people with much data do with it: clusters accepted, dismissed and merged, versions brought back, weeks compared.
import assert from 'node:assert/strict';

import { button, examine, picture } from './stage.mjs';

/** Suggested clusters are accepted and dismissed, and one is merged with another, whose notes are more then. */
export async function keepClusters(stage, page) {
  await stage.open(page, '/clusters');
  const suggested = page.locator('section', { has: page.getByRole('heading', { name: 'Suggested' }) }).locator('article');
  const yours = page.locator('section', { has: page.getByRole('heading', { name: 'Yours' }) }).locator('article');
  await suggested.first().waitFor();
  const titleOf = (article) => article.locator('h3').textContent();
  const accepted = await titleOf(suggested.first());
  await suggested.first().getByRole('button', { name: 'Accept' }).click();
  await page.getByText('Accepted', { exact: true }).waitFor();
  const own = yours.filter({ has: page.getByRole('link', { name: accepted, exact: true }) });
  await own.first().waitFor();
  const dismissed = await titleOf(suggested.first());
  await suggested.first().getByRole('button', { name: 'Dismiss' }).click();
  await page.getByText('Dismissed: it does not come back').waitFor();
  await suggested.filter({ hasText: dismissed }).waitFor({ state: 'detached' });
  const before = await yours.count();
  await own.first().getByText('Merge with another').click();
  const into = own.first().getByLabel('Its notes go into');
  await into.selectOption({ index: 1 });
  await examine(page, 'clusters to be merged');
  await own.first().getByRole('button', { name: 'Merge' }).click();
  await page.getByText(/notes? (was|were) moved/).waitFor();
  await own.waitFor({ state: 'detached' });
  assert.equal(await yours.count(), before - 1);
}

/** A former version of an artifact is looked at beside the newest, and is the newest again. */
export async function bringBackVersion(stage, page) {
  await stage.open(page, '/artifacts?where=versionNumber.gt.1');
  await page.locator('tbody a').first().click();
  await page.getByText('Compared with').waitFor();
  await examine(page, 'versions of an artifact');
  await picture(page, 'versions');
  const id = page.url().split('/').at(-1).split('~')[0];
  const token = await page.evaluate(() => JSON.parse(localStorage.getItem('mindloom:session')).accessToken);
  const newest = async () => (await stage.ask(token, 'query ($id: UUID!) { artifacts(where: { id: { eq: $id } }, orderBy: [{ versionNumber: DESC }], first: 1) { nodes { versionNumber } } }', { id })).artifacts.nodes[0].versionNumber;
  const former = await newest();
  await stage.open(page, '/artifacts?where=versionNumber.lt.2');
  await page.locator(`tbody a[href*="${id}"]`).first().click();
  await button(page, 'Make this the newest').click();
  await page.getByText('It is the newest version now').waitFor();
  assert.equal(await newest(), former + 1, 'what was brought back is a version of its own');
}

/** Two weeks stand beside each other. */
export async function compareWeeks(stage, page) {
  await stage.open(page, '/insights');
  await page.getByLabel('Compared with').selectOption({ index: 1 });
  await page.locator('article').nth(1).waitFor();
  assert.equal(await page.locator('article').count(), 2);
  await page.getByRole('table', { name: 'Numbers' }).or(page.getByText('One of the two weeks has no numbers')).first().waitFor();
  await examine(page, 'two weeks');
}

// Rows as people keep them: each kind is made, changed, deleted, brought back, and deleted for good.
import assert from 'node:assert/strict';

import { button, examine, heading } from './stage.mjs';

/** Kinds of rows that have a page, what their form wants, and what is changed of them. */
const MINE = [
  { path: '/chats', title: 'Title', values: { Title: 'Rye' }, changed: 'Rye and wheat' },
  { path: '/projects', title: 'Name', values: { Name: 'Oven' }, changed: 'The new oven' },
  { path: '/prompts/promptTemplates', title: 'Name', values: { Name: 'Invitation', 'Template content': 'Invite {guest} to {place}.' }, choose: { Framework: 1 }, changed: 'Invitation to a feast' },
  { path: '/documents', title: 'Title', values: { Title: 'Salt', Content: 'How much of it.' }, changed: 'Salt and water' },
  { path: '/tables/stacks', title: 'Name', values: { Name: 'To read' }, changed: 'To read again' },
];
const ADMINISTRATORS = [
  { path: '/feedback/feedbackTags', title: 'Name', values: { Name: 'crust' }, changed: 'crumb' },
  { path: '/feedback/feedbackCategories', title: 'Name', values: { Name: 'Loaves' }, changed: 'Rolls' },
  { path: '/configuration/promptFrameworks', title: 'Name', values: { Name: 'baking', 'Display name': 'Baking', Description: 'For recipes', Components: '[{"key": "bread", "label": "Bread"}]', Template: 'Bake {bread}.' }, changed: 'baking_again' },
];

export const keepOwnRows = (stage, page) => keep(stage, page, MINE);
export const keepSharedRows = (stage, page) => keep(stage, page, ADMINISTRATORS);

async function keep(stage, page, kinds) {
  for (const kind of kinds) await keepOne(stage, page, kind).catch((error) => Promise.reject(new Error(`${kind.path}: ${error.message}`, { cause: error })));
}

async function keepOne(stage, page, { path, title, values, choose = {}, changed }) {
  const named = (label) => page.getByLabel(new RegExp(`^${label}( \\*)?$`));
  const shown = () => page.getByRole('heading', { name: new RegExp(`^${changed}( live)?$`) });
  await stage.open(page, path);
  await button(page, 'New').first().click();
  for (const [label, value] of Object.entries(values)) await named(label).fill(value);
  for (const [label, index] of Object.entries(choose)) await named(label).selectOption({ index });
  await examine(page, `a new row of ${path}`);
  await button(page, 'Save').click();
  await button(page, 'Edit').click();
  await named(title).fill(changed);
  await button(page, 'Save').click();
  await shown().waitFor();
  const address = page.url();
  await button(page, 'Delete').click();
  // It is there for six seconds, which a busy machine may need to find it still and free to be pressed.
  await button(page, 'Undo').dispatchEvent('click');
  await shown().waitFor();
  await button(page, 'Delete').click();
  await button(page, 'Undo').waitFor();
  // Whoever closes the window at once has deleted it, too.
  await page.goto('about:blank');
  for (let round = 0; ; round += 1) {
    await page.goto(address);
    await page.getByText('There is no such row').or(shown()).first().waitFor();
    if (!(await shown().count())) break;
    assert.ok(round < 20, 'it is deleted when the page goes');
    await page.waitForTimeout(100);
  }
}

/** A CSV file is read into a table, and what the API refuses is told. */
export async function loadCsv(stage, page) {
  await stage.open(page, '/tables/stacks');
  await heading(page, 'Tables');
  const csv = 'name,pinned\r\nFlour,true\r\n"Salt, coarse",false\r\n,true\r\n';
  await page.locator('input[type=file]').setInputFiles({ name: 'stacks.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await page.getByText('2 rows were made, 1 were refused.').waitFor();
  await page.getByRole('link', { name: 'Salt, coarse' }).waitFor();
}

// What administrators do by hand: accounts, settings, jobs, logs, upkeep, channels.
import assert from 'node:assert/strict';

import { button, examine, heading, picture } from './stage.mjs';

const EMAIL = 'hal@example.org';

/** An account is made, invited, made an administrator, suspended, and deleted. */
export async function keepUsers(stage, page) {
  await stage.open(page, '/users');
  await button(page, 'New account').click();
  await page.getByLabel('Email').fill(EMAIL);
  await page.getByLabel(/^Password/).fill('short');
  await button(page, 'New account').last().click();
  await page.getByLabel(/^Password/).fill('correct horse battery');
  await button(page, 'New account').last().click();
  await page.getByLabel('Part of an address').fill(EMAIL);
  const row = page.getByRole('row').filter({ hasText: EMAIL });
  await row.waitFor();
  const more = async (name) => {
    if (!(await row.getByRole('button', { name, exact: true }).isVisible())) await row.locator('summary').click();
    await row.getByRole('button', { name, exact: true }).click();
  };
  await more('Suspend');
  await row.getByText('suspended').waitFor();
  await more('Let in again');
  await row.getByText('suspended').waitFor({ state: 'detached' });
  await more('Make administrator');
  await row.getByRole('cell', { name: 'administrator', exact: true }).waitFor();
  assert.equal(await row.getByRole('button', { name: 'See as they do' }).count(), 0, 'administrators are not looked at');
  await more('Take the role away');
  await row.getByRole('cell', { name: 'user', exact: true }).waitFor();
  await more('Second factors');
  await page.getByText('This account has no second factor').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await more('Delete');
  await page.getByLabel('Type your address to confirm').fill(EMAIL);
  await examine(page, 'an account is to be deleted');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('The account is deleted').waitFor();
  await row.waitFor({ state: 'detached' });
  await button(page, 'Invite').click();
  await page.getByLabel('Email').fill('ida@example.org');
  await page.locator('form').getByRole('button', { name: 'Invite' }).click();
  await page.getByText('The invitation is on its way').waitFor();
}

/** Settings are saved, are there in another window at once, and what they do not take is told. */
export async function changeSettings(stage, page) {
  await stage.open(page, '/settings');
  const other = await page.context().newPage();
  await stage.open(other, '/settings');
  const limit = (where) => where.getByLabel('Max projects per user');
  const former = await limit(page).inputValue();
  const limits = page.locator('form', { has: limit(page) });
  await limit(page).fill('-1');
  await limits.getByRole('button', { name: 'Save' }).click();
  await limits.getByRole('alert').waitFor();
  await limit(page).fill('77');
  await limits.getByRole('button', { name: 'Save' }).click();
  await other.waitForFunction(() => document.querySelector('input[name=maxProjectsPerUser]')?.value === '77');
  await limit(other).fill(former);
  await other.locator('form', { has: limit(other) }).getByRole('button', { name: 'Save' }).click();
  await page.waitForFunction((value) => document.querySelector('input[name=maxProjectsPerUser]')?.value === value, former);
  await page.getByLabel('Name', { exact: true }).fill('new_oven');
  await button(page, 'Add a flag').click();
  const flag = other.locator('li').filter({ hasText: 'new_oven' });
  await flag.waitFor();
  await flag.getByRole('checkbox').click();
  await page.locator('li').filter({ hasText: 'new_oven' }).getByRole('checkbox', { checked: false }).waitFor();
  await flag.getByRole('button', { name: 'Delete' }).click();
  await page.locator('li').filter({ hasText: 'new_oven' }).waitFor({ state: 'detached' });
  await other.close();
}

/** A schedule is run now, switched off and on; an error is resolved; statistics are renewed. */
export async function lookAfter(stage, page) {
  await stage.open(page, '/jobs?tab=schedules');
  const schedule = page.getByRole('row').filter({ has: page.getByRole('button', { name: 'Run now' }) }).first();
  await schedule.getByRole('button', { name: 'Run now' }).click();
  await page.getByText('It is in the queue').waitFor();
  const isOn = schedule.getByRole('checkbox');
  await isOn.click();
  await schedule.getByRole('checkbox', { checked: false }).waitFor();
  await isOn.click();
  await schedule.getByRole('checkbox', { checked: true }).waitFor();
  await page.getByRole('link', { name: 'Queue' }).click();
  await page.locator('tbody a').first().waitFor();

  await stage.open(page, '/logs/errorLogs');
  const open = button(page, 'Resolve');
  await open.first().click();
  await page.getByText('Resolved', { exact: true }).first().waitFor();

  await stage.open(page, '/database');
  await button(page, 'Renew the planner’s statistics').click();
  await page.getByText('The statistics are new').waitFor({ timeout: 120_000 });
}

/** What is sent to a channel arrives in another window, where it says so; text that is no JSON is not sent. */
export async function talkOnChannel(stage, page) {
  const other = await page.context().newPage();
  for (const each of [page, other]) {
    await stage.open(each, '/realtime');
    await each.getByLabel('Channel').fill('kitchen');
    await button(each, 'Listen').click();
    await heading(each, 'Realtime');
    await each.getByText('Nothing was sent yet').waitFor();
  }
  await page.getByLabel('Payload (JSON)').fill('{');
  await button(page, 'Send').click();
  await page.getByText('This is no JSON').waitFor();
  await page.getByLabel('Payload (JSON)').fill('{"bread": "is done"}');
  for (let round = 0; (await other.getByText('is done').count()) === 0; round += 1) {
    // Both listen when both have heard; what was sent before is gone.
    assert.ok(round < 40, 'it never arrives');
    await button(page, 'Send').click();
    await page.waitForTimeout(250);
  }
  await examine(other, 'a channel');
  await picture(other, 'channel');
  await other.close();
}

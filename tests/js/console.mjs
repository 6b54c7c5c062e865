// The console as people meet it: node console.mjs LINK CHROMIUM RESTART SERVICE_KEY ISSUER
//
// LINK is the one that a new server prints, which lets administrators name addresses of its own network as a provider's.
// Where the file RESTART is, the server is away; when it goes, it comes back. ISSUER is a free address of this machine, where
// the server looks for a provider of sign-ins that it calls acme. SCREENSHOTS=DIR keeps pictures of what it looks like.
// THOROUGH=1 looks at every page as everybody at both sizes, each in light and dark, and plays an hour.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';

import { keepAccount, otherWaysIn } from './console/account.mjs';
import * as administer from './console/administer.mjs';
import { answerTool } from './console/approvals.mjs';
import { attachPicture } from './console/attachments.mjs';
import { answerSurvivesReload } from './console/chat.mjs';
import { bringBackVersion, compareWeeks, keepClusters } from './console/curate.mjs';
import { useSecurityKey } from './console/factors.mjs';
import { startIssuer } from './console/issuer.mjs';
import { cancelJobs, retryJob } from './console/jobs.mjs';
import { liveChart, manyRows } from './console/load.mjs';
import { elsewhere, keyboardAlone, phoneMenu } from './console/newcomer.mjs';
import * as people from './console/people.mjs';
import { bringKey, startProvider } from './console/provider.mjs';
import { lookAsSomebody, respectRoles } from './console/roles.mjs';
import { keepOwnRows, keepSharedRows, loadCsv } from './console/rows.mjs';
import { signInWithProvider } from './console/sign-in.mjs';
import { button, examine, heading, picture, signIn, signUp, Stage, tokenOf } from './console/stage.mjs';
import { tour } from './console/tour.mjs';
import { leaveWhileUploading } from './console/uploads.mjs';
import * as work from './console/work.mjs';

const [link, executablePath, restart, serviceKey, issuerUrl] = process.argv.slice(2);
const [issuer, provider] = await Promise.all([startIssuer(issuerUrl), startProvider()]);
const stage = await Stage.open(new URL(link).origin, executablePath);

const { admin, demoPassword } = await stage.part('the first administrator', () => people.firstAdministrator(stage, link));
await stage.part('a price', () => people.changePrice(stage, admin));
const nobody = await stage.part('somebody without an account', () => people.comeAnonymously(stage));
const { ada, second } = await stage.part('notes in two windows', () => people.writeNotes(stage));
const { ben, path: project } = await stage.part('two people on a project', () => people.shareProject(stage, ada));
await stage.part('a second factor', () => people.showSecondFactor(stage, ada));
await stage.part('a chat without a key', () => people.chatWithoutKey(stage, ada));
await stage.part('GraphiQL', () => people.explore(stage, ada));
const luca = await stage.part('a table', () => people.filterTable(stage, demoPassword));
await stage.part('clusters, versions, weeks', async () => {
  await keepClusters(stage, luca);
  await bringBackVersion(stage, luca);
  await compareWeeks(stage, luca);
});
await stage.part('files', () => work.keepFiles(stage, ada));
await stage.part('an upload that is left', () => leaveWhileUploading(stage, ada));
await stage.part('who may do what', () => respectRoles(stage, ada, ben, project));
await stage.part('a document', () => work.writeDocument(stage, ada));
await stage.part('an insight', () => work.readWeek(stage, ada));
await stage.part('an assistant', () => work.connectAssistant(stage, ada));
await stage.part('branches of a chat', () => work.branchChat(stage, ada));
await stage.part('feedback', () => work.answerFeedback(stage, admin));
await stage.part('a passkey', () => work.usePasskey(stage, (page) => signUp(page, 'eve@example.org')));
await stage.part('a security key', () => useSecurityKey(stage));
await stage.part('an account of one’s own', () => keepAccount(stage));
await stage.part('other ways in', async () => otherWaysIn(stage, await tokenOf(ben)));
await stage.part('a provider of sign-ins', () => signInWithProvider(stage, issuer));
await stage.part('rows of one’s own', async () => {
  await keepOwnRows(stage, ada);
  await loadCsv(stage, ada);
});
await stage.part('rows of administrators', () => keepSharedRows(stage, admin));
await stage.part('users', () => administer.keepUsers(stage, admin));
await stage.part('settings', () => administer.changeSettings(stage, admin));
await stage.part('upkeep', () => administer.lookAfter(stage, admin));
await stage.part('a channel', () => administer.talkOnChannel(stage, ada));
await stage.part('looking as somebody else', () => lookAsSomebody(stage, admin));
await stage.part('a key for a provider', () => bringKey(stage, admin, ben, provider));
await stage.part('a reload in the middle of an answer', () => answerSurvivesReload(stage, ben, provider));
await stage.part('a tool that asks first', () => answerTool(stage, ben, provider));
await stage.part('a picture in a message', () => attachPicture(stage, ben, provider));
await stage.part('a job that failed', () => retryJob(stage, ben, provider));
await stage.part('jobs that wait', () => cancelJobs(stage, ben, admin, provider));
await stage.part('a newcomer', async () => {
  const page = await keyboardAlone(stage, demoPassword);
  await elsewhere(stage, page, demoPassword);
  await phoneMenu(page);
  await page.context().close();
});
await stage.part('every page', () =>
  Promise.all([
    tour(stage, admin, 'admin', ['/jobs?tab=schedules', '/configuration/adminConfigs', '/logs/auditEntries', '/tables/users']),
    tour(stage, nobody, 'anonymous').then(() => tour(stage, ben, 'collaborator', [project])),
    tour(stage, luca, 'user'),
  ]),
);
await stage.part('200 changes a second', () => liveChart(stage, admin, serviceKey));
await stage.part('10,000 rows', () => manyRows(stage, admin, serviceKey));
await stage.part('a server that goes away', goAway);
await stage.part('the first paint', firstPaint);
await stage.browser.close();
for (const server of [issuer, provider]) server.end();
console.log(JSON.stringify(stage.figures));
stage.judge();
console.log('console: ok');

/** The server goes away under an open page and comes back: the page says so, goes on, and misses nothing. */
async function goAway() {
  const late = await stage.visitor();
  await stage.open(late, '');
  await heading(late, 'Sign in');
  await stage.open(ada, '/notes');
  await ada.getByText('The sourdough needs no salt').waitFor();
  // Another browser of Ben's, which has loaded nothing else yet.
  const other = await stage.visitor({ storageState: await ben.context().storageState() });
  await stage.open(other, '/account');
  await heading(other, 'Account');
  writeFileSync(restart, '');
  await ada.getByText('The server went away').waitFor();
  await examine(ada, 'away');
  await picture(ada, 'away');
  await signIn(late, 'ada@example.org');
  await late.getByText('The server does not answer').waitFor();
  // A page that was not loaded yet cannot be, and loads itself when the server is back.
  await other.getByRole('link', { name: 'Prompts' }).click();
  await other.getByText('This page could not be loaded').waitFor();
  rmSync(restart);
  await ada.getByText('Connected again').waitFor({ timeout: 60_000 });
  await heading(other, 'Prompts');
  await stage.open(second, '/notes/new');
  await second.getByLabel('Text of the note').fill('Written after the restart');
  await button(second, 'Save').click();
  await ada.getByText('Written after the restart').waitFor();
}

/** How long a new visitor waits for the first paint, and what is loaded until a page is chosen. */
async function firstPaint() {
  const paints = [];
  for (let round = 0; round < 3; round += 1) {
    const fresh = await stage.visitor();
    await stage.open(fresh, '');
    await heading(fresh, 'Sign in');
    const { paint, bytes } = await fresh.evaluate(() => ({
      paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
      bytes: performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    }));
    paints.push(Math.round(paint));
    stage.figures.firstLoad = { paintsMs: paints, scriptBytes: bytes };
    assert.ok(bytes > 0 && bytes <= 250_000, `${bytes} bytes of JavaScript before a page is chosen`);
    await fresh.context().close();
  }
  assert.ok(Math.min(...paints) <= 1_000, `the first paint takes ${paints} ms`);
}

// The browser of the console's tests: people in it, and what is looked for on every page.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'];

export const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 380, height: 760 } };
export const password = 'correct horse battery';
/** Whether every page is looked at in every way, and pages are used as long as people use them: some 20 minutes. */
export const isThorough = Boolean(process.env.THOROUGH);

// The browser reports every refused request and lost connection by itself.
const EXPECTED = /status of 40[013]|status of 5\d\d|status of 409|WebSocket connection|ERR_CONNECTION|ERR_EMPTY|ERR_INCOMPLETE|Failed to fetch dynamically imported module/;

/** One browser in which several people are, each with a session of their own. */
export class Stage {
  /** What the pages reported by themselves. */
  problems = [];
  /** What axe found, and pages that are too wide. */
  found = [];
  /** Addresses elsewhere that a page asked. */
  foreign = [];
  /** Origins elsewhere that people go to by themselves. */
  visits = new Set();
  /** Figures that were measured. */
  figures = {};

  static async open(origin, executablePath) {
    const stage = new Stage();
    stage.origin = origin;
    stage.browser = await chromium.launch({ executablePath, args: flags });
    return stage;
  }

  /** A browser of its own, as another person has one. */
  async visitor(options = {}) {
    const context = await this.browser.newContext({ viewport: SIZES.wide, ...options });
    context.on('page', (page) => this.#watch(page));
    return context.newPage();
  }

  #watch(page) {
    page.setDefaultTimeout(40_000);
    page.on('pageerror', (error) => this.problems.push(`${page.url()}: ${error}`));
    page.on('console', (message) => message.type() === 'error' && this.problems.push(`${page.url()}: ${message.text()}`));
    page.on('request', (request) => {
      const target = new URL(request.url());
      if (['http:', 'https:'].includes(target.protocol) && target.origin !== this.origin && !this.visits.has(target.origin)) this.foreign.push(request.url());
    });
  }

  /** Opens a page of the console. */
  open(page, path) {
    return page.goto(`${this.origin}/console${path}`);
  }

  /** Runs a part, and tells how long it took. */
  async part(name, work) {
    const before = performance.now();
    const result = await work();
    console.log(`${name}: ${((performance.now() - before) / 1000).toFixed(1)} s`);
    return result;
  }

  /** Asks the API as somebody. */
  async ask(token, query, variables) {
    const response = await fetch(`${this.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    assert.equal(errors, undefined, query);
    return data;
  }

  /** Fails on whatever the pages reported or axe found. */
  judge() {
    assert.deepEqual(this.found, [], 'axe and the width of the pages');
    assert.deepEqual(this.foreign, [], 'everything comes from the server itself');
    assert.deepEqual(this.problems.filter((problem) => !EXPECTED.test(problem)), [], 'the pages report no problem');
  }
}

export const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
export const button = (page, name) => page.getByRole('button', { name, exact: true });
export const tokenOf = (page) => page.evaluate(() => JSON.parse(localStorage.getItem('mindloom:session')).accessToken);

/** Keeps what a page looks like, where somebody wants to see it. */
export async function picture(page, name, fullPage = false) {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png`, fullPage });
}

/** What axe finds on the page as it is, and whether it is wider than the window. */
export async function examine(page, name) {
  // The page's policy lets no script in; the debugger does. A document needs it once.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(`${axe}; undefined`);
  const violations = await page.evaluate(async (rules) => {
    const { violations } = await window.axe.run(document, { iframes: false, runOnly: rules, resultTypes: ['violations'] });
    const told = ({ html, failureSummary }) => `${html.slice(0, 160)} — ${failureSummary.slice(0, 200)}`;
    return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(told).join(' | ')}`);
  }, RULES);
  assert.deepEqual(violations, [], `${name}: axe`);
  const { width } = page.viewportSize();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= width, `${name}: ${wide} pixels wide`);
}

/** Signs in on the page where one is asked to. */
export async function signIn(page, email, secret = password) {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(secret);
  await button(page, 'Sign in').click();
}

/** Makes an account on the page where one is asked to sign in. */
export async function signUp(page, email) {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await button(page, 'Make an account').click();
}

// Every page as each kind of person, at both sizes, in light and dark.
import { examine, isThorough, picture, SIZES } from './stage.mjs';

/** Both sizes and both schemes in two looks; all four where there is time. */
const LOOKS = [
  ['wide', 'light'],
  ['phone', 'dark'],
  ...(isThorough ? [['wide', 'dark'], ['phone', 'light']] : []),
];

/** Opens the pages of the menu, and others by their path, and looks at each. */
export async function tour(stage, page, who, others = []) {
  await stage.open(page, '');
  await isShown(page);
  const menu = await page.locator('.side nav a').evaluateAll((links) => links.map((link) => link.pathname.replace('/console', '')));
  const skipped = isThorough ? [] : SAME_FOR_ALL.filter((path) => who !== 'anonymous' && menu.includes(path));
  for (const path of [...menu.filter((path) => !skipped.includes(path)), ...others]) {
    await go(page, path);
    const moved = isThorough ? await shifts(page) : 0;
    for (const [size, colorScheme] of LOOKS) {
      await page.setViewportSize(SIZES[size]);
      await page.emulateMedia({ colorScheme });
      await isShown(page);
      await picture(page, `${who}-${path.replace(/\W+/g, '-').replace(/^-/, '') || 'home'}-${size}-${colorScheme}`, isThorough);
      await examine(page, `${who} ${size} ${colorScheme} ${path}`).catch(({ message }) => {
        console.log(message);
        stage.found.push(message);
      });
    }
    if (moved > 0.1) console.log(`${who} ${path}: moved by ${moved.toFixed(2)} while it loaded`);
    await page.setViewportSize(SIZES.wide);
    await page.emulateMedia({ colorScheme: 'light' });
  }
}

/** What looks the same for everybody is looked at as one of them, unless there is time for all. */
const SAME_FOR_ALL = ['/explorer', '/realtime', '/documents', '/artifacts'];

/** A page of the menu is opened by its link, as people do; any other by its address. */
async function go(page, path) {
  const opened = await page.evaluate((href) => {
    const link = document.querySelector(`.side nav a[href="${href}"]`);
    link?.click();
    return Boolean(link);
  }, `/console${path}`);
  if (!opened) await page.goto(new URL(`/console${path}`, page.url()).href);
  else await page.locator(`.side nav a[href="/console${path}"][aria-current="page"]`).waitFor({ state: 'attached' });
  await isShown(page);
}

async function isShown(page) {
  await page.locator('#content h1').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.waiting'));
}

/** How much of the page moved by itself since it was last asked. */
function shifts(page) {
  return page.evaluate(() => {
    const seen = (window.seenShifts ??= 0);
    let sum = 0;
    const list = new Promise((resolve) => {
      new PerformanceObserver((entries, observer) => (observer.disconnect(), resolve(entries.getEntries()))).observe({ type: 'layout-shift', buffered: true });
      setTimeout(() => resolve([]), 100);
    });
    return list.then((entries) => {
      for (const entry of entries.slice(seen)) if (!entry.hadRecentInput) sum += entry.value;
      window.seenShifts = Math.max(seen, entries.length);
      return sum;
    });
  });
}

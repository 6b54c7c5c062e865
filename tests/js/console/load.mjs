// Pages under load: 200 changes a second, ten thousand rows, and what an hour of changes leaves in memory.
import assert from 'node:assert/strict';

import { isThorough, picture, tokenOf } from './stage.mjs';

const PER_SECOND = 200;
const WRITES_PER_SECOND = 20;
const LIVE_SECONDS = isThorough ? 60 : 5;
const ROWS = 10_000;
/** A pause that people notice. Where other tests share the processors only one that is no matter of theirs is a fault. */
const GAP_MAX_MS = isThorough ? 200 : 2_000;
/** Of each second, what the page may work: the rest is for whoever types or scrolls in it. */
const BUSY_MAX = 0.6;
const HEAP_GROWTH_MAX = 4_000_000;
/** Answers that a page draws in the hour that is played: one a second. */
const HOUR_UPDATES = 3_600;

const CREATE = 'mutation ($rows: [UsageLogInput!]!) { createUsageLogs(inputs: $rows) { affectedCount } }';
const rowsOf = (userId, count) =>
  Array.from({ length: count }, () => ({ userId, agentType: 'CHAT_MODEL_AGENT', modelUsed: 'gpt-4o', provider: 'OPENAI', inputTokens: 100, outputTokens: 20, inputCost: '0.001', outputCost: '0.002', durationMs: 800 }));

/** Writes at a pace until it is told to stop, which answers how many rows it wrote. */
function write(stage, key, userId) {
  let written = 0;
  let failed;
  const open = new Set();
  const timer = setInterval(() => {
    const count = PER_SECOND / WRITES_PER_SECOND;
    const work = stage.ask(key, CREATE, { rows: rowsOf(userId, count) }).then(
      () => (written += count),
      (error) => (failed ??= error),
    );
    open.add(work);
    work.finally(() => open.delete(work));
  }, 1000 / WRITES_PER_SECOND);
  return {
    written: () => written,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      assert.equal(failed, undefined);
      return written;
    },
  };
}

/** Counts how long the page's own thread works, in seconds: what others do on the processors is none of it. */
async function watchWork(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async () => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value;
  const before = await worked();
  return async () => {
    const seconds = (await worked()) - before;
    await session.detach();
    return seconds;
  };
}

/** Notes how long it takes from frame to frame, and the longest task between them; returns what ends and answers that. */
async function watchFrames(page) {
  const worked = await watchWork(page);
  await page.evaluate(() => {
    const seen = { longestMs: 0, frames: 0, slow: 0, startedMs: performance.now(), taskMs: 0 };
    let last = performance.now();
    const step = () => {
      const now = performance.now();
      seen.longestMs = Math.max(seen.longestMs, now - last);
      seen.frames += 1;
      if (now - last > 34) seen.slow += 1;
      last = now;
      if (window.seenFrames === seen) requestAnimationFrame(step);
    };
    window.seenFrames = seen;
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => (seen.taskMs = Math.max(seen.taskMs, duration)))).observe({ type: 'longtask' });
    requestAnimationFrame(step);
  });
  return () => framesOf(page, worked);
}

async function framesOf(page, worked) {
  const { longestMs, frames, slow, startedMs, taskMs, nowMs } = await page.evaluate(() => {
    const seen = window.seenFrames;
    window.seenFrames = undefined;
    return { ...seen, nowMs: performance.now() };
  });
  const seconds = (nowMs - startedMs) / 1000;
  const busy = (await worked()) / seconds;
  return { longestMs: Math.round(longestMs), perSecond: Math.round(frames / seconds), slow, taskMs: Math.round(taskMs), busy: Number(busy.toFixed(2)) };
}

/** What the page's own objects take after everything else was thrown away, in bytes, and how many nodes there are. */
async function heapOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await session.send('HeapProfiler.enable');
  for (let round = 0; round < 3; round += 1) await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  await session.detach();
  const of = (name) => metrics.find((metric) => metric.name === name).value;
  return { bytes: of('JSHeapUsedSize'), nodes: of('Nodes'), listeners: of('JSEventListeners') };
}

const callsOf = async (page) => Number((await page.locator('.figure', { hasText: 'Calls' }).locator('strong').textContent()).replace(/\D/g, ''));

/** A chart, its sums and a grid follow 200 changes a second, and the page stays fluent and small. */
export async function liveChart(stage, page, key) {
  const { me } = await stage.ask(await tokenOf(page), '{ me { id } }');
  await stage.ask(key, CREATE, { rows: rowsOf(me.id, 1) });
  let updates = 0;
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => String(payload).includes('"next"') && (updates += 1)));
  await stage.open(page, '/usage');
  await page.locator('.chart .u-over').waitFor();
  const before = await callsOf(page);
  const writing = write(stage, key, me.id);
  const reached = (count) => page.waitForFunction((least) => Number([...document.querySelectorAll('.figure')].find((figure) => figure.textContent.startsWith('Calls')).querySelector('strong').textContent.replace(/\D/g, '')) >= least, count, { timeout: 600_000 });
  // What is made once is made: from here on nothing may grow.
  await reached(before + PER_SECOND);
  const small = await heapOf(page);
  const first = updates;
  const endFrames = await watchFrames(page);
  const begun = performance.now();
  await reached(writing.written() + before + PER_SECOND * LIVE_SECONDS);
  const frames = await endFrames();
  while (isThorough && updates - first < HOUR_UPDATES) await page.waitForTimeout(1_000);
  const seconds = (performance.now() - begun) / 1000;
  const drawn = updates - first;
  await picture(page, 'usage-live');
  const total = before + (await writing.stop());
  await reached(total);
  assert.equal(await callsOf(page), total, 'no call is missing in the end');
  const large = await heapOf(page);
  const growth = large.bytes - small.bytes;
  stage.figures.live = { ...frames, seconds: Math.round(seconds), updates: drawn, heapBytes: large.bytes, heapGrowthBytes: growth, nodes: [small.nodes, large.nodes] };
  assert.ok(frames.longestMs < GAP_MAX_MS, `the page stood still for ${frames.longestMs} ms: ${JSON.stringify(stage.figures.live)}`);
  assert.ok(frames.busy < BUSY_MAX, `the page works ${frames.busy} of the time: ${JSON.stringify(stage.figures.live)}`);
  assert.ok(drawn > LIVE_SECONDS, `the page was changed ${drawn} times in ${seconds} s`);
  assert.ok(growth < HEAP_GROWTH_MAX, `the page grew by ${growth} bytes: ${JSON.stringify(stage.figures.live)}`);
  assert.ok(large.nodes < small.nodes * 1.5, `from ${small.nodes} to ${large.nodes} nodes`);
}

/** Ten thousand rows are scrolled from the first to the last, and back. */
export async function manyRows(stage, page, key) {
  const { me } = await stage.ask(await tokenOf(page), '{ me { id } }');
  const { usageLogs } = await stage.ask(key, '{ usageLogs(first: 1) { totalCount } }');
  for (let count = usageLogs.totalCount; count < ROWS; count += 500) await stage.ask(key, CREATE, { rows: rowsOf(me.id, 500) });
  const { oldest } = await stage.ask(key, '{ oldest: usageLogs(first: 1, orderBy: [{ createdAt: ASC }]) { totalCount nodes { id } } }');
  await stage.open(page, '/usage');
  await page.locator('.tall tbody tr a').first().waitFor();
  const last = page.locator(`.tall tbody a[href$="${oldest.nodes[0].id}"]`);
  await page.locator('.tall').scrollIntoViewIfNeeded();
  const endDown = await watchFrames(page);
  const most = await page.evaluate(async () => {
    const frame = document.querySelector('.tall');
    const nextFrame = () => new Promise(requestAnimationFrame);
    let most = 0;
    // As fast as somebody who turns the wheel without a stop.
    for (let still = 0; still < 60; ) {
      const before = frame.scrollTop;
      frame.scrollTop += 800;
      await nextFrame();
      most = Math.max(most, frame.querySelectorAll('tr').length);
      still = frame.scrollTop === before ? still + 1 : 0;
    }
    return most;
  });
  const down = await endDown();
  await last.waitFor();
  await picture(page, 'rows-end');
  const endUp = await watchFrames(page);
  await page.evaluate(async () => {
    const frame = document.querySelector('.tall');
    while (frame.scrollTop > 0) {
      frame.scrollTop -= 2_000;
      await new Promise(requestAnimationFrame);
    }
  });
  await page.locator('.tall tbody tr a').first().waitFor();
  const up = await endUp();
  stage.figures.rows = { rows: oldest.totalCount, mostInPage: most, down, up };
  assert.ok(oldest.totalCount >= ROWS);
  assert.ok(most < 800, `${most} rows are in the page at once`);
  for (const { longestMs } of [down, up]) assert.ok(longestMs < GAP_MAX_MS, `scrolling stood still for ${longestMs} ms: ${JSON.stringify(stage.figures.rows)}`);
}

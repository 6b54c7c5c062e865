// npm's graphql-ws client: node graphql-ws.mjs URL TOKEN OTHER_USERS_TOKEN
import assert from 'node:assert/strict';

import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, token, othersToken] = process.argv.slice(2);
const endpoint = url.replace('http', 'ws');

const client = (options = {}) => createClient({ url: endpoint, webSocketImpl: WebSocket, retryAttempts: 0, ...options });

/** All results of an operation. */
async function collect(from, query, variables) {
  const results = [];
  for await (const result of from.iterate({ query, variables })) results.push(result);
  return results;
}

/** The close event of a client that is refused. */
const refused = (options) =>
  new Promise((resolve) => {
    const closing = client({ ...options, lazy: false, onNonLazyError: () => {}, on: { closed: resolve } });
    void closing;
  });

{
  const one = client({ connectionParams: { authorization: `Bearer ${token}` } });
  const [who] = await collect(one, '{ whoami }');
  assert.match(who.data.whoami, /^authenticated/);
  const ticks = await collect(one, 'subscription { ticks(count: 3, everyMs: 5) }');
  assert.deepEqual(ticks.map((tick) => tick.data.ticks), ['0', '1', '2']);
  await assert.rejects(collect(one, '{ nothing }'), (errors) => Array.isArray(errors) && errors.length > 0);
  await one.dispose();
}
{
  // Stopping early: the socket goes on with other operations.
  const one = client();
  for await (const tick of one.iterate({ query: 'subscription { ticks(count: 1000, everyMs: 5) }' })) {
    if (tick.data.ticks === '2') break;
  }
  const [who] = await collect(one, '{ whoami }');
  assert.match(who.data.whoami, /^anon/);
  await one.dispose();
}
{
  const closed = await refused({ connectionParams: { authorization: 'Bearer nonsense' } });
  assert.equal(closed.code, 4403);
}
{
  // Reconnects by itself after the socket broke, and subscribes again.
  let sockets = 0;
  let socket;
  const one = client({
    retryAttempts: 3,
    shouldRetry: () => true,
    on: { connected: (opened) => ((sockets += 1), (socket = opened)) },
  });
  const ticks = [];
  for await (const tick of one.iterate({ query: 'subscription { ticks(count: 4, everyMs: 20) }' })) {
    ticks.push(tick.data.ticks);
    if (ticks.length === 2 && sockets === 1) socket.terminate();
  }
  assert.equal(sockets, 2);
  // A tick that was on its way when the socket broke may still have arrived.
  assert.deepEqual(ticks.slice(-4), ['0', '1', '2', '3']);
  assert.ok(ticks.length > 4);
  await one.dispose();
}
{
  // A new token on an open socket.
  let socket;
  const pongs = [];
  let answered;
  const answer = new Promise((resolve) => (answered = resolve));
  const one = client({
    connectionParams: { authorization: `Bearer ${token}` },
    on: {
      connected: (opened) => (socket = opened),
      pong: (received, payload) => (pongs.push(payload), answered()),
    },
  });
  await collect(one, '{ whoami }');
  const running = collect(one, 'subscription { ticks(count: 5, everyMs: 20) }');
  await new Promise((resolve) => setTimeout(resolve, 30));
  socket.send(JSON.stringify({ type: 'ping', payload: { authorization: `Bearer ${token}` } }));
  assert.equal((await running).length, 5);
  await answer;
  assert.deepEqual(pongs, [{ renewed: true }]);
  await one.dispose();
}
{
  // Somebody else's token on an open socket ends it.
  let socket;
  const one = client({
    connectionParams: { authorization: `Bearer ${token}` },
    on: { connected: (opened) => (socket = opened) },
  });
  const running = collect(one, 'subscription { ticks(count: 1000, everyMs: 20) }').catch((event) => event);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
  socket.send(JSON.stringify({ type: 'ping', payload: { authorization: `Bearer ${othersToken}` } }));
  assert.equal((await closed).code, 4403);
  assert.equal((await running).code, 4403);
  await one.dispose();
}
console.log('graphql-ws: ok');

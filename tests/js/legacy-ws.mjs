// npm's subscriptions-transport-ws client (the older protocol): node legacy-ws.mjs URL TOKEN
import assert from 'node:assert/strict';

import { SubscriptionClient } from 'subscriptions-transport-ws';
import WebSocket from 'ws';

const [url, token] = process.argv.slice(2);
const client = new SubscriptionClient(
  url.replace('http', 'ws'),
  { connectionParams: { authorization: `Bearer ${token}` } },
  WebSocket,
);

const collect = (query) =>
  new Promise((resolve, reject) => {
    const results = [];
    client
      .request({ query })
      .subscribe({ next: (result) => results.push(result), error: reject, complete: () => resolve(results) });
  });

const [who] = await collect('{ whoami }');
assert.match(who.data.whoami, /^authenticated/);
const ticks = await collect('subscription { ticks(count: 3, everyMs: 5) }');
assert.deepEqual(ticks.map((tick) => tick.data.ticks), ['0', '1', '2']);
await assert.rejects(collect('{ nothing }'));
client.close();

const refused = new SubscriptionClient(
  url.replace('http', 'ws'),
  { connectionParams: { authorization: 'Bearer nonsense' }, connectionCallback: (error) => resolved(error) },
  WebSocket,
);
let resolved;
const error = await new Promise((resolve) => (resolved = resolve));
assert.ok(error?.message ?? error);
refused.close();
console.log('subscriptions-transport-ws: ok');
process.exit(0);

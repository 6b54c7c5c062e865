// npm's graphql-sse client, both modes: node graphql-sse.mjs URL TOKEN
import assert from 'node:assert/strict';

import { createClient } from 'graphql-sse';

const [url, token] = process.argv.slice(2);

async function collect(client, query) {
  const results = [];
  for await (const result of client.iterate({ query })) results.push(result);
  return results;
}

for (const singleConnection of [false, true]) {
  const headers = { authorization: `Bearer ${token}` };
  const client = createClient({ url, singleConnection, headers, retryAttempts: 0 });
  const [who] = await collect(client, '{ whoami }');
  assert.match(who.data.whoami, /^authenticated/);
  const both = await Promise.all([
    collect(client, 'subscription { ticks(count: 3, everyMs: 5) }'),
    collect(client, 'subscription { ticks(count: 2, everyMs: 7) }'),
  ]);
  assert.deepEqual(both.map((ticks) => ticks.map((tick) => tick.data.ticks)), [['0', '1', '2'], ['0', '1']]);
  for await (const tick of client.iterate({ query: 'subscription { ticks(count: 1000, everyMs: 5) }' })) {
    if (tick.data.ticks === '2') break;
  }
  const [again] = await collect(client, '{ version }');
  assert.equal(typeof again.data.version, 'string');
  if (singleConnection) {
    await assert.rejects(collect(client, '{'), (error) => error.response?.status === 400);
  } else {
    const [invalid] = await collect(client, '{ nothing }');
    assert.ok(invalid.errors.length > 0);
  }
  client.dispose();

  const refused = createClient({ url, singleConnection, headers: { authorization: 'Bearer nonsense' }, retryAttempts: 0 });
  await assert.rejects(collect(refused, '{ version }'), (error) => error.response?.status === 401);
  refused.dispose();
}
console.log('graphql-sse: ok');

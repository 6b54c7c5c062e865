// What fetch makes of answers that come before it has sent its body: node unread.mjs BASE_URL
import assert from 'node:assert/strict';

const base = process.argv[2];
const post = (path, bytes) =>
  fetch(base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: new Uint8Array(bytes).fill(32),
  });

for (let round = 0; round < 5; round += 1) {
  const nowhere = await post('/no/such/path', 3 << 20);
  assert.equal(nowhere.status, 404);
  assert.equal((await nowhere.json()).code, 'NOT_FOUND');
  const tooLarge = await post('/graphql', 20 << 20);
  assert.equal(tooLarge.status, 413);
  assert.equal((await tooLarge.json()).errors[0].extensions.code, 'LIMIT_EXCEEDED');
}

// Long answers come in an encoding that is read here, whatever else this runtime's loaders say that they accept.
for (const accepted of ['br, gzip, deflate, zstd', 'gzip, deflate, br, zstd', '*', 'zstd;q=0.5, gzip;q=0.5']) {
  const answer = await fetch(base + '/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-encoding': accepted },
    body: JSON.stringify({ query: '{ text(length: 100000) }' }),
  });
  assert.equal((await answer.json()).data.text.length, 100_000, accepted);
}
console.log('fetch: ok');

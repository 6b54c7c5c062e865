// A provider of models on this machine, which speaks what OpenAI documents of POST /chat/completions and answers what it
// is told to.
import { createServer } from 'node:http';

import { button } from './stage.mjs';

const isTitle = ({ messages }) => String(messages[0]?.content).startsWith('You name conversations');

/** A call of a tool as it stands in a stream. */
const called = ({ name, input }, index) => ({ index, id: `call_${index}`, type: 'function', function: { name, arguments: JSON.stringify(input) } });

const refuse = (response, { status, waitSeconds }) =>
  response
    .writeHead(status, { 'content-type': 'application/json', ...(waitSeconds && { 'retry-after': String(waitSeconds) }) })
    .end('{"error":{"code":"some_code","message":"no"}}');

/** Starts it: it answers every question with nothing, until it is told what to say. */
export async function startProvider() {
  /** What was asked, without what is asked to name chats. */
  const asked = [];
  let reply = () => ({ words: [] });
  let allowed = Infinity;
  let wake = () => {};
  let more = new Promise((resolve) => (wake = resolve));
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    if (request.method === 'GET') return response.writeHead(200, { 'content-type': 'application/json' }).end('{"object":"list","data":[]}');
    const question = JSON.parse(body);
    const naming = isTitle(question);
    if (!naming) asked.push(question);
    const { words = [], calls = [], status, waitSeconds } = naming ? { words: ['A', ' title'] } : reply(question);
    if (status) return refuse(response, { status, waitSeconds });
    const usage = { prompt_tokens: 10, completion_tokens: words.length + calls.length };
    if (!question.stream) {
      const answer = { choices: [{ index: 0, message: { role: 'assistant', content: words.join('') }, finish_reason: 'stop' }], usage };
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (event) => response.write(`data: ${JSON.stringify(event)}\n\n`);
    for (const [place, content] of words.entries()) {
      while (!naming && place >= allowed) await more;
      if (response.destroyed) return;
      send({ choices: [{ index: 0, delta: { content } }] });
    }
    if (calls.length > 0) send({ choices: [{ index: 0, delta: { tool_calls: calls.map(called) } }] });
    send({ choices: [{ index: 0, delta: {}, finish_reason: calls.length > 0 ? 'tool_calls' : 'stop' }] });
    send({ choices: [], usage });
    response.end('data: [DONE]\n\n');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
    asked,
    /** From now on each question is answered with what this makes of it: `words`, `calls` of tools, or a `status`. */
    says: (next) => (reply = next),
    /** Lets it say its words up to this one. */
    sayUpTo(count) {
      allowed = count;
      const waiting = wake;
      more = new Promise((resolve) => (wake = resolve));
      waiting();
    },
    end: () => (server.closeAllConnections(), server.close()),
  };
}

/** An administrator says where the provider is, and the reader brings a key along. */
export async function bringKey(stage, admin, reader, { url }) {
  await stage.open(admin, '/configuration/apiProviders');
  await admin.getByRole('link', { name: 'OpenAI', exact: true }).first().click();
  await button(admin, 'Edit').click();
  await admin.getByLabel('Base URL').fill(url);
  await button(admin, 'Save').click();
  await admin.getByText(url, { exact: true }).waitFor();
  await stage.open(reader, '/account');
  await reader.getByLabel('Provider', { exact: true }).selectOption({ label: 'OpenAI' });
  await reader.getByLabel('Key', { exact: true }).fill('sk-test-of-a-reader-0001');
  await reader.locator('form', { has: reader.getByLabel('Provider', { exact: true }) }).getByRole('button', { name: 'Save' }).click();
  await reader.getByRole('listitem').filter({ hasText: '0001' }).getByText('Valid', { exact: true }).waitFor();
}

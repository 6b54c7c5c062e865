// A provider of models on this machine, which speaks what OpenAI documents of POST /chat/completions and says its words
// when it is told to.
import { createServer } from 'node:http';

/** Starts it; `words` are what it answers every question with. */
export async function startProvider(words) {
  let allowed = 0;
  let wake = () => {};
  let more = new Promise((resolve) => (wake = resolve));
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    if (request.method === 'GET') return response.writeHead(200, { 'content-type': 'application/json' }).end('{"object":"list","data":[]}');
    const { messages, stream } = JSON.parse(body);
    const isTitle = String(messages[0]?.content).startsWith('You name conversations');
    const said = isTitle ? ['A', ' title'] : words;
    if (!stream) {
      const answer = { choices: [{ index: 0, message: { role: 'assistant', content: said.join('') }, finish_reason: 'stop' }], usage: { prompt_tokens: 10, completion_tokens: said.length } };
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (event) => response.write(`data: ${JSON.stringify(event)}\n\n`);
    for (const [place, content] of said.entries()) {
      while (!isTitle && place >= allowed) await more;
      if (response.destroyed) return;
      send({ choices: [{ index: 0, delta: { content } }] });
    }
    send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    send({ choices: [], usage: { prompt_tokens: 10, completion_tokens: said.length } });
    response.end('data: [DONE]\n\n');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
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

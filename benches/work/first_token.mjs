// What the server adds until the first token of an answer: from `sendMessage` to the provider's request, and from the
// provider's first token to the subscriber. The provider is here, and answers at once.
//
//   node benches/work/first_token.mjs [target/release/mindloom] [answers]
import { spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const binary = process.argv[2] ?? 'target/release/mindloom'
const answers = Number(process.argv[3] ?? 100)
const now = () => performance.now()

let asked, answered
const provider = createServer(async (request, response) => {
  const arrived = now()
  for await (const _ of request);
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const piece = (delta, end) => `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'gpt-4o',
    choices: [{ index: 0, delta, finish_reason: end ?? null }] })}\n\n`
  // Titles are asked for, too, after the answer.
  asked ??= arrived
  answered ??= now()
  response.end(piece({ role: 'assistant', content: 'first' }) + piece({}, 'stop')
    + `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 } })}\n\ndata: [DONE]\n\n`)
}).listen(0, '127.0.0.1')
await once(provider, 'listening')

const data = mkdtempSync(join(tmpdir(), 'first-token-'))
// The database runs as another account where the server runs as root.
chmodSync(data, 0o755)
const port = 20_000 + process.pid % 10_000
const server = spawn(binary, ['serve', '--bind', `127.0.0.1:${port}`, '--data-dir', join(data, 'data')], {
  env: { ...process.env, MINDLOOM_OPENAI_API_KEY: 'sk-of-a-benchmark',
    MINDLOOM_OPENAI_BASE_URL: `http://127.0.0.1:${provider.address().port}/v1`, MINDLOOM_MODEL_CALLS_PER_MINUTE: '1000000' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const ended = new AbortController()
server.once('exit', () => ended.abort())
try {
  let link
  for await (const [line] of on(createInterface(server.stdout), 'line', { signal: ended.signal })) if ((link = /#token=(\S+)/.exec(line)?.[1])) break
  const url = `http://127.0.0.1:${port}/graphql`
  let token
  const headers = (accept) => ({ 'content-type': 'application/json', accept, ...(token && { authorization: `Bearer ${token}` }) })
  async function ask(query, variables) {
    const response = await fetch(url, { method: 'POST', headers: headers('application/json'), body: JSON.stringify({ query, variables }) })
    const { data, errors } = await response.json()
    if (errors) throw new Error(JSON.stringify(errors))
    return data
  }
  const made = await ask('mutation ($t: String!) { becomeAdministrator(token: $t, email: "boss@bench.example", password: "a long password of a bench") { accessToken } }', { t: link })
  token = made.becomeAdministrator.accessToken

  // The seeds let one person have ten answers a minute.
  const found = await ask('{ adminConfigs(first: 100, where: {configKey: {like: "%_agent_%"}}) { nodes { id configData } } }')
  const rateLimit = { perMinute: 100_000, perHour: 100_000, perDay: 100_000 }
  for (const { id, configData } of found.adminConfigs.nodes) {
    await ask('mutation ($id: UUID!, $data: JSON!) { updateAdminConfig(id: $id, set: {configData: $data}) { id } }',
      { id, data: { ...configData, rateLimit } })
  }
  await ask('mutation { updateApiProviders(where: {}, all: true, atMost: 100, set: {maxRequestsPerMinute: 100000, maxRequestsPerDay: 1000000}) { affectedCount } }')

  async function first(streamId) {
    const query = 'subscription ($id: UUID!) { chatStream(streamId: $id, after: 0) { kind text reason error { message } } }'
    const response = await fetch(url, { method: 'POST', headers: headers('text/event-stream'), body: JSON.stringify({ query, variables: { id: streamId } }) })
    let at, text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body) {
      text += decoder.decode(chunk, { stream: true })
      if (!at && text.includes('"TEXT"')) at = now()
      if (text.includes('"END"')) break
    }
    if (!at) throw new Error(text)
    return at
  }

  const figures = { request: [], token: [], added: [] }
  const send = 'mutation ($parts: JSON!) { sendMessage(parts: $parts, options: {provider: "openai"}) { streamId } }'
  for (let turn = 0; turn < answers + 10; turn++) {
    asked = answered = undefined
    const began = now()
    const { sendMessage } = await ask(send, { parts: [{ type: 'text', text: `Question ${turn}` }] })
    const at = await first(sendMessage.streamId)
    // The first ones warm caches.
    if (turn >= 10) {
      figures.request.push(asked - began)
      figures.token.push(at - answered)
      figures.added.push(asked - began + at - answered)
    }
    // Titles of the chat are out of the way.
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  for (const [figure, values] of Object.entries(figures)) {
    values.sort((a, b) => a - b)
    const part = (share) => Number(values[Math.floor(values.length * share)].toFixed(2))
    console.log(JSON.stringify({ part: 'first token', figure, answers, p50_ms: part(0.5), p95_ms: part(0.95) }))
  }
} finally {
  server.kill('SIGTERM')
  if (!ended.signal.aborted) await once(server, 'exit')
  provider.close()
  rmSync(data, { recursive: true, force: true })
}

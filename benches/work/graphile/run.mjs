// graphile-worker with empty jobs: how many go through one process, and how soon one starts on an idle one. A line of
// JSON for each figure.
import pg from 'pg'
import { run, makeWorkerUtils } from 'graphile-worker'

const connectionString = process.env.DATABASE_URL
const jobs = Number(process.env.JOBS)
const starts = Number(process.env.STARTS)
const pool = new pg.Pool({ connectionString, max: 12 })
pool.on('error', () => {})
pool.on('connect', (client) => client.on('error', () => {}))
const silent = () => () => {}
const { Logger } = await import('graphile-worker')
const logger = new Logger(silent)

const utils = await makeWorkerUtils({ pgPool: pool, logger })
await utils.migrate()

const settings = [
  { name: 'as it comes', options: { concurrency: 8 } },
  { name: 'local queue', options: { concurrency: 24, preset: { worker: { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } } } },
]
for (const { name, options } of settings) {
  await pool.query(`select graphile_worker.add_job('empty', '{}') from generate_series(1, $1)`, [jobs])
  let done = 0
  let finish
  const finished = new Promise((resolve) => (finish = resolve))
  const began = process.hrtime.bigint()
  const runner = await run({
    pgPool: pool, logger, noHandleSignals: true, ...options,
    taskList: { empty: async () => { if (++done === jobs) finish() } },
  })
  await finished
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  await runner.stop()
  console.log(JSON.stringify({ figure: 'throughput', name, jobs, jobs_per_s: jobs / seconds }))
}

let startedAt
const runner = await run({
  pgPool: pool, logger, noHandleSignals: true, concurrency: 8,
  taskList: { empty: async () => { startedAt = process.hrtime.bigint() } },
})
const took = []
for (let count = 0; count < starts; count++) {
  await new Promise((resolve) => setTimeout(resolve, 100))
  startedAt = undefined
  await pool.query(`select graphile_worker.add_job('empty', '{}')`)
  const committed = process.hrtime.bigint()
  while (startedAt === undefined) await new Promise((resolve) => setTimeout(resolve, 0))
  took.push(Math.max(0, Number(startedAt - committed) / 1e6))
}
await runner.stop()
took.sort((a, b) => a - b)
console.log(JSON.stringify({
  figure: 'commit to start', starts, p50_ms: took[Math.floor(took.length / 2)], p95_ms: took[Math.floor(took.length * 0.95)],
}))
await pool.query('drop schema graphile_worker cascade')
await pool.end()

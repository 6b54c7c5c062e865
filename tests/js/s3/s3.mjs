// A service that speaks S3's protocol, in memory of a directory, until standard input ends. Prints its address.
import S3rver from 's3rver'

const [directory, bucket] = process.argv.slice(2)
const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets: [{ name: bucket }] })
const { address, port } = await server.run()
console.log(`http://${address}:${port}`)
process.stdin.resume().on('end', () => process.exit(0))

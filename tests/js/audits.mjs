// The server audits of npm's graphql-http: node audits.mjs URL
import { serverAudits } from 'graphql-http';

const audits = serverAudits({ url: process.argv[2] });
let failed = 0;
for (const audit of audits) {
  const result = await audit.fn();
  if (result.status === 'ok') continue;
  failed += 1;
  console.error(`${audit.id} ${audit.name}: ${result.status}: ${result.reason}`);
}
console.log(`${audits.length - failed} of ${audits.length} audits pass`);
process.exit(failed === 0 && audits.length >= 60 ? 0 : 1);

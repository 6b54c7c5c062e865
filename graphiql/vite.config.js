import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';

import { defineConfig } from 'vite';

/** Leaves every file of the bundle as gzip alone: that is how the binary embeds and sends it. */
function compressed() {
  let folder;
  return {
    name: 'compressed',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || entry.name.endsWith('.gz')) continue;
        const file = join(entry.parentPath, entry.name);
        writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: constants.Z_BEST_COMPRESSION }));
        rmSync(file);
      }
    },
  };
}

export default defineConfig({
  base: '/graphiql/',
  build: { chunkSizeWarningLimit: 10_000, target: 'es2022' },
  plugins: [compressed()],
  worker: { format: 'es' },
});

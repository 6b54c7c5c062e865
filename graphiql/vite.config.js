import { defineConfig } from 'vite';

export default defineConfig({
  base: '/graphiql/',
  build: { chunkSizeWarningLimit: 10_000, target: 'es2022' },
  worker: { format: 'es' },
});

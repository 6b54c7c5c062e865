import { defineConfig } from 'vite';

// `npm run dev` shows the page as it is edited, over the server at this address.
const server = process.env.SERVER ?? 'http://127.0.0.1:4000';
const proxied = { target: server, ws: true, headers: { origin: server } };

export default defineConfig({
  base: '/console/',
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 200,
    // A file in the page's text would need another policy than 'self'.
    assetsInlineLimit: 0,
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: { port: 5173, proxy: { '/graphql': proxied, '/graphiql': proxied, '/auth': proxied, '/storage': proxied } },
});

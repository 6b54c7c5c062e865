import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

const welcome = `# Queries, mutations and subscriptions run against this server.
#
# To act as somebody, make a token with "mindloom token --user UUID"
# and put it under Headers:
#   { "Authorization": "Bearer TOKEN" }
# Subscriptions send the same headers when their socket opens.

query {
  __typename
}
`;

const endpoint = new URL('/graphql', window.location.href);
const socket = new URL(endpoint);
socket.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';

createRoot(document.getElementById('graphiql')).render(
  createElement(GraphiQL, {
    // With a socket's address the fetcher opens one per subscription by graphql-transport-ws, and
    // its connection_init carries the headers of the editor.
    fetcher: createGraphiQLFetcher({ url: endpoint.href, subscriptionUrl: socket.href }),
    defaultEditorToolsVisibility: 'headers',
    defaultQuery: welcome,
    inputValueDeprecation: true,
  }),
);

import { createClient } from 'graphql-ws';

import { endpoint, post, send } from '../../console/src/post';
import { chooseOperation } from './operation.js';

const socket = new URL(endpoint);
socket.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';

/** What GraphiQL runs operations with, as whoever the session says unless the tab's own headers say otherwise. */
export function createFetcher(session) {
  const signed = async (headers = {}) => {
    const named = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
    const token = named ? undefined : await session.token();
    return token ? { ...headers, authorization: `Bearer ${token}` } : headers;
  };
  return async ({ query, variables, operationName }, { headers } = {}) => {
    const { name, kind } = chooseOperation(query, operationName);
    const body = { query, variables, operationName: name };
    if (kind === 'subscription') return subscribe(body, () => signed(headers));
    const sent = await signed(headers);
    const response = await send(body, sent);
    // A session can end on the server before its token does. Nothing has run then, so all of it may be sent again.
    const again = response.status === 401 && sent !== headers && (await session.replace(sent.authorization));
    return again ? post(body, await signed(headers)) : response.json();
  };
}

/** A subscription on a socket of its own, whose headers are asked for again whenever it has to connect. */
function subscribe(body, headers) {
  return {
    subscribe(sink) {
      const client = createClient({
        url: socket.href,
        connectionParams: headers,
        on: {
          connected: () => sink.next({ listening: 'What happens appears here, until the square button ends it.' }),
        },
      });
      const stop = client.subscribe(body, {
        next: (result) => sink.next(result),
        error: (error) => {
          client.dispose();
          sink.error(error instanceof CloseEvent ? closed(error) : error);
        },
        complete: () => {
          client.dispose();
          sink.complete();
        },
      });
      return { unsubscribe: stop };
    },
  };
}

function closed({ code, reason }) {
  return new Error(`The server ended the connection: ${reason || 'it says no more'} (${code})`);
}

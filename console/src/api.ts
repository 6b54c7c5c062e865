// The API as the pages use it: urql for questions and writes, graphql-ws for what is live.
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';

import { t } from './texts';
import { endpoint } from './post';
import * as session from './session';

/** A document with its types, as `npm run generate` makes it of what the pages ask. */
export interface Document<Data, Variables> {
  toString(): string;
  __apiType?: (variables: Variables) => Data;
}

/** What the server said is wrong. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly code?: string,
  ) {
    super(message);
  }
}

/** Whether the live connection stands: nobody asked for it yet, it does, or it is being tried again. */
export type Connection = 'idle' | 'open' | 'lost' | 'back';

let connection: Connection = 'idle';
const watchers = new Set<() => void>();
let soon: ReturnType<typeof setTimeout> | undefined;

/** The state of the live connection. */
export const lookAtConnection = () => connection;

/** Calls back when it changes; returns what ends that. */
export function watchConnection(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function setConnection(next: Connection) {
  clearTimeout(soon);
  if (connection === next) return;
  connection = next;
  for (const watcher of watchers) watcher();
  if (next === 'back') soon = setTimeout(() => setConnection('open'), 4_000);
}

const socketUrl = new URL(endpoint);
socketUrl.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';

let open: WebSocket | undefined;
let sent: string | undefined;

/** How long to wait before the next attempt: a server that restarts is back within seconds. */
const waitMs = (retries: number) => Math.min(300 * 1.6 ** retries, 5_000) * (0.8 + Math.random() * 0.4);

const socket = createClient({
  url: socketUrl.href,
  connectionParams: async () => {
    // Pages of whom one looked as are gone when that has ended: the socket is opened for whoever is signed in.
    sent = await session.token().catch(session.token);
    return sent ? { authorization: `Bearer ${sent}` } : {};
  },
  keepAlive: 10_000,
  lazyCloseTimeout: 2_000,
  retryAttempts: Infinity,
  retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, waitMs(retries))),
  shouldRetry: () => true,
  on: {
    connected: (connected) => {
      open = connected as WebSocket;
      setConnection(connection === 'lost' ? 'back' : connection === 'back' ? 'back' : 'open');
    },
    closed: (event) => {
      open = undefined;
      const { code } = event as CloseEvent;
      // It is closed by itself when nobody listens any more, and opened anew for somebody else.
      if (code === 1000 || code === 4499) setConnection('idle');
      else if (connection !== 'lost') {
        // A blink is not worth a word.
        clearTimeout(soon);
        soon = setTimeout(() => setConnection('lost'), 800);
      }
    },
  },
});

/** The same person with a new token says so on the open socket; another person gets another socket. */
let known = session.look().session?.user.id;
session.listen(() => {
  const now = session.look().session;
  if (now?.user.id !== known) {
    known = now?.user.id;
    sent = undefined;
    if (open) socket.terminate();
  } else if (open && now && now.accessToken !== sent) {
    sent = now.accessToken;
    open.send(JSON.stringify({ type: 'ping', payload: { authorization: `Bearer ${sent}` } }));
  }
});

/** Sends with the session's token, and once more with a new one of the same person when it was refused: nothing has run then. */
export async function signedFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const attempt = async () => {
    const token = await session.token();
    const headers = new Headers(init?.headers);
    if (token) headers.set('authorization', `Bearer ${token}`);
    return { token, response: await fetch(input, { ...init, headers }) };
  };
  const { token, response } = await attempt();
  if (response.status !== 401 || !token) return response;
  return (await session.replace(`Bearer ${token}`)) ? (await attempt()).response : response;
}

/** The client; it keeps nothing, because what changes is live. */
export const client = new Client({
  url: endpoint.href,
  preferGetMethod: false,
  fetch: signedFetch,
  exchanges: [
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: socket.subscribe({ query: query ?? '', variables: variables as Record<string, unknown> }, sink as never),
        }),
      }),
    }),
  ],
});

/** What went wrong, in words that a person can act on. */
export function problemOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const combined = error as { graphQLErrors?: { message: string; extensions?: { code?: unknown } }[]; networkError?: Error };
  const first = combined.graphQLErrors?.[0];
  if (first) return new ApiError(first.message, first.extensions?.code as string | undefined);
  // Whoever closes the browser's dialogue, or waits too long, is told no more by it.
  if (error instanceof DOMException && error.name === 'NotAllowedError') return new ApiError(t.passkeys.closed);
  if (error instanceof DOMException && error.name === 'InvalidStateError') return new ApiError(t.passkeys.known);
  if (combined.networkError instanceof session.ActingEnded) return new ApiError(combined.networkError.message);
  // What is no JSON was said by something in between.
  if (combined.networkError || error instanceof TypeError || error instanceof SyntaxError) return new ApiError(t.problems.unreachable, 'UNREACHABLE');
  if (Array.isArray(error) && error[0]?.message) return new ApiError(error[0].message, error[0].extensions?.code);
  return new ApiError(error instanceof Error ? error.message : t.problems.unknown);
}

type Variables = Record<string, unknown>;

/** Asks once. Throws an [`ApiError`]. */
export async function ask<Data, V extends Variables>(document: Document<Data, V>, variables?: V): Promise<Data> {
  const answer = await client.query<Data>(document.toString(), variables ?? {}, { requestPolicy: 'network-only' }).toPromise();
  if (answer.error) throw problemOf(answer.error);
  return answer.data as Data;
}

/** Browsers let a page that goes send 64 kB in all. */
const KEPT_BYTES = 8_000;

/** Writes, and although the page goes meanwhile, unless it is much. Throws an [`ApiError`]. */
export async function act<Data, V extends Variables>(document: Document<Data, V>, variables?: V): Promise<Data> {
  const keepalive = JSON.stringify(variables ?? {}).length < KEPT_BYTES;
  const answer = await client.mutation<Data>(document.toString(), variables ?? {}, { fetchOptions: { keepalive } }).toPromise();
  if (answer.error) throw problemOf(answer.error);
  return answer.data as Data;
}

/** Listens; returns what ends it. */
export function hear<Data, V extends Variables>(
  document: Document<Data, V>,
  variables: V | undefined,
  onData: (data: Data) => void,
  onProblem: (problem: ApiError) => void,
): () => void {
  const { unsubscribe } = client.subscription<Data>(document.toString(), variables ?? {}).subscribe(({ data, error }) => {
    if (error) onProblem(problemOf(error));
    else if (data) onData(data);
  });
  return unsubscribe;
}

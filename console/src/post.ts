/** Where the API is: on the server that the page came from. */
export const endpoint = new URL('/graphql', window.location.href);

/** One operation, as it goes over the wire. */
export interface Operation {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
}

/** An answer as it comes. */
export interface Answer {
  data?: any;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** Sends one operation by POST; what says goodbye outlives the page. */
export function send(operation: Operation, headers: Record<string, string> = {}, keepalive = false): Promise<Response> {
  return fetch(endpoint, {
    method: 'POST',
    keepalive,
    headers: { accept: 'application/graphql-response+json', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(operation),
  });
}

/** Sends one operation by POST and returns its answer. */
export async function post(operation: Operation, headers?: Record<string, string>): Promise<Answer> {
  return (await send(operation, headers)).json();
}

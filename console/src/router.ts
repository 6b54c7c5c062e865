// Addresses of pages: what follows /console, with what filters a page in the query.
import { useLayoutEffect, useState } from 'preact/hooks';

const BASE = '/console';
const listeners = new Set<() => void>();

/** Where the reader is. */
export interface Place {
  /** Such as `/notes`; `/` is the first page. */
  path: string;
  query: URLSearchParams;
}

function here(): Place {
  const { pathname, search } = window.location;
  const path = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : '/';
  return { path: path.replace(/\/+$/, '') || '/', query: new URLSearchParams(search) };
}

/** The address of a page, for links. */
export function hrefOf(path: string, query?: Record<string, string | undefined>): string {
  const pairs = Object.entries(query ?? {}).filter((pair): pair is [string, string] => Boolean(pair[1]));
  const text = new URLSearchParams(pairs).toString();
  return `${BASE}${path === '/' ? '' : path}${text && `?${text}`}`;
}

/** Goes to a page; in place of this one, where the way back should not lead here. */
export function go(path: string, query?: Record<string, string | undefined>, inPlace = false) {
  const href = hrefOf(path, query);
  if (inPlace) window.history.replaceState(null, '', href);
  else window.history.pushState(null, '', href);
  for (const listener of listeners) listener();
}

/** Takes what was brought along once off the address: neither a reload nor the way back brings it again. */
export function forget(...names: string[]) {
  const address = new URL(window.location.href);
  for (const name of names) address.searchParams.delete(name);
  window.history.replaceState(null, '', address);
  for (const listener of listeners) listener();
}

/** The place, as it changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  // Before pages begin what may change it.
  useLayoutEffect(() => {
    const listener = () => setPlace(here());
    listeners.add(listener);
    window.addEventListener('popstate', listener);
    return () => {
      listeners.delete(listener);
      window.removeEventListener('popstate', listener);
    };
  }, []);
  return place;
}

/** Follows links between pages without loading anything; all others are the browser's. */
export function followLinks() {
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.('a');
    if (!link || link.target || link.hasAttribute('download') || link.origin !== window.location.origin) return;
    if (link.pathname !== BASE && !link.pathname.startsWith(`${BASE}/`)) return;
    if (link.pathname === window.location.pathname && link.hash) return;
    event.preventDefault();
    window.history.pushState(null, '', link.href);
    for (const listener of listeners) listener();
    window.scrollTo(0, 0);
  });
}

// The pages: where they are, who sees them in the menu, and what loads them when they are opened.
import type { ComponentType } from 'preact';

import { t } from './texts';

/** What a page is given. */
export interface PageProps {
  /** What follows the page's own path, such as a row's id. */
  rest: string[];
  query: URLSearchParams;
}

/** A page of the console. */
export interface PageEntry {
  path: string;
  title: string;
  group: 'yours' | 'account' | 'admin' | 'api';
  /** As wide as the window. */
  full?: boolean;
  load: () => Promise<{ default: ComponentType<PageProps> }>;
}

const { pages } = t;

export const PAGES: PageEntry[] = [
  { path: '/', title: pages.home, group: 'yours', load: () => import('./pages/home') },
  { path: '/notes', title: pages.notes, group: 'yours', load: () => import('./pages/notes') },
  { path: '/clusters', title: pages.clusters, group: 'yours', load: () => import('./pages/clusters') },
  { path: '/documents', title: pages.documents, group: 'yours', load: () => import('./pages/documents') },
  { path: '/chats', title: pages.chats, group: 'yours', load: () => import('./pages/chats') },
  { path: '/artifacts', title: pages.artifacts, group: 'yours', load: () => import('./pages/artifacts') },
  { path: '/prompts', title: pages.prompts, group: 'yours', load: () => import('./pages/prompts') },
  { path: '/insights', title: pages.insights, group: 'yours', load: () => import('./pages/insights') },
  { path: '/projects', title: pages.projects, group: 'yours', load: () => import('./pages/projects') },
  { path: '/files', title: pages.files, group: 'yours', load: () => import('./pages/files') },
  { path: '/assistants', title: pages.assistants, group: 'account', load: () => import('./pages/assistants') },
  { path: '/usage', title: pages.usage, group: 'account', load: () => import('./pages/usage') },
  { path: '/jobs', title: pages.jobs, group: 'account', load: () => import('./pages/jobs') },
  { path: '/account', title: pages.account, group: 'account', load: () => import('./pages/account') },
  { path: '/users', title: pages.users, group: 'admin', load: () => import('./pages/users') },
  { path: '/configuration', title: pages.configuration, group: 'admin', load: () => import('./pages/configuration') },
  { path: '/logs', title: pages.logs, group: 'admin', load: () => import('./pages/logs') },
  { path: '/feedback', title: pages.feedback, group: 'admin', load: () => import('./pages/feedback') },
  { path: '/database', title: pages.database, group: 'admin', load: () => import('./pages/database') },
  { path: '/settings', title: pages.settings, group: 'admin', load: () => import('./pages/settings') },
  { path: '/tables', title: pages.tables, group: 'api', full: true, load: () => import('./pages/tables') },
  { path: '/realtime', title: pages.realtime, group: 'api', load: () => import('./pages/realtime') },
  { path: '/explorer', title: pages.explorer, group: 'api', full: true, load: () => import('./pages/explorer') },
];

/** The page of a path, and what follows its own. */
export function pageOf(path: string): { page: PageEntry; rest: string[] } | undefined {
  const [, first = '', ...rest] = path.split('/');
  const page = PAGES.find((entry) => entry.path === `/${first}`);
  return page && { page, rest: rest.map(decodeURIComponent) };
}

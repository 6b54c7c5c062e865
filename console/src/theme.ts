// Light, dark, or as the system says.
import { useEffect, useState } from 'preact/hooks';

const PLACE = 'mindloom:theme';

const listeners = new Set<() => void>();

export type Theme = 'system' | 'light' | 'dark';

export function theme(): Theme {
  const kept = localStorage.getItem(PLACE);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export function setTheme(chosen: Theme) {
  if (chosen === 'system') localStorage.removeItem(PLACE);
  else localStorage.setItem(PLACE, chosen);
  applyTheme();
}

export function applyTheme() {
  const chosen = theme();
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  notify();
}

window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => notify());

function notify() {
  for (const listener of listeners) listener();
}

/** The colours that are shown, for what is drawn by hand. */
export function useTheme(): string {
  const get = () => `${theme()} ${window.matchMedia('(prefers-color-scheme: dark)').matches}`;
  const [shown, setShown] = useState(get);
  useEffect(() => {
    const listener = () => setShown(get());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return shown;
}

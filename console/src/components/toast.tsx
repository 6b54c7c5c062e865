import { useEffect, useState } from 'preact/hooks';

import { problemOf } from '../api';
import { t } from '../texts';
import { Button } from './basics';

interface Toast {
  text: string;
  undo?: () => void;
  bad?: boolean;
}

const SHOWN_MS = 6_000;

let current: Toast | undefined;
let timer: ReturnType<typeof setTimeout>;
let finish: (() => void) | undefined;
const listeners = new Set<() => void>();

function show(toast: Toast | undefined) {
  current = toast;
  for (const listener of listeners) listener();
}

/** Says something in passing. */
export function say(text: string, bad = false) {
  finish?.();
  clearTimeout(timer);
  show({ text, bad });
  timer = setTimeout(() => show(undefined), SHOWN_MS);
}

/** Does something later, unless it is taken back until then; leaving the page does it at once. */
export function doUnlessUndone(text: string, work: () => Promise<unknown>, takeBack: () => void) {
  finish?.();
  clearTimeout(timer);
  const end = () => {
    finish = undefined;
    clearTimeout(timer);
    show(undefined);
  };
  finish = () => {
    end();
    work().catch((error) => {
      takeBack();
      say(problemOf(error).message, true);
    });
  };
  show({ text, undo: () => (end(), takeBack()) });
  timer = setTimeout(() => finish?.(), SHOWN_MS);
}

window.addEventListener('pagehide', () => finish?.());

/** Where it is said. */
export function Toasts() {
  const [, draw] = useState(0);
  useEffect(() => {
    const listener = () => draw((round) => round + 1);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {current && (
        <div class={`toast ${current.bad ? 'bad' : ''}`}>
          <span>{current.text}</span>
          {current.undo && <Button onClick={current.undo}>{t.undo}</Button>}
        </div>
      )}
    </div>
  );
}

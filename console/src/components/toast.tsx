import { useEffect, useState } from 'preact/hooks';

import { problemOf } from '../api';
import { listen, sender } from '../session';
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
let finish: (() => Promise<void>) | undefined;
let forget: (() => void) | undefined;
let wait: (() => void) | undefined;
const leaving = new Set<string>();
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
  begin(() => show(undefined));
}

/** Ends what is said in a while; anew when the reader has looked at it. */
function begin(end: () => void) {
  wait = () => {
    clearTimeout(timer);
    timer = setTimeout(end, SHOWN_MS);
  };
  wait();
}

/**
 * Does something later, unless it is taken back until then; leaving the page does it at once. What is named as going
 * away is hidden meanwhile. It is not done once somebody else is signed in, or looks as somebody else, or has stopped that.
 */
export function doUnlessUndone(text: string, work: () => Promise<unknown>, takeBack: () => void, what = '') {
  finish?.();
  clearTimeout(timer);
  const end = () => {
    finish = forget = undefined;
    clearTimeout(timer);
    show(undefined);
  };
  const stay = () => {
    leaving.delete(what);
    takeBack();
  };
  forget = () => {
    leaving.delete(what);
    end();
  };
  finish = () => {
    end();
    return work().then(
      () => void leaving.delete(what),
      (error) => {
        stay();
        say(problemOf(error).message, true);
      },
    );
  };
  leaving.add(what);
  show({ text, undo: () => (stay(), end()) });
  begin(() => finish?.());
}

/** Does at once what is to be done later, and resolves when the server has answered. */
export const finishNow = async () => finish?.();

window.addEventListener('pagehide', () => finish?.());

let former = sender();
listen(() => {
  const now = sender();
  if (now === former) return;
  const stopped = former?.startsWith('as ') && now && !now.startsWith('as ');
  former = now;
  forget?.();
  if (stopped) say(t.acting.over);
});

function useToast() {
  const [, draw] = useState(0);
  useEffect(() => {
    const listener = () => draw((round) => round + 1);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
}

/** Whether that is going away. */
export function useLeaving(): (what: string) => boolean {
  useToast();
  return (what) => leaving.has(what);
}

/** Where it is said; it stays as long as it is pointed at. */
export function Toasts() {
  useToast();
  return (
    <div class="toasts" role="status" aria-live="polite">
      {current && (
        <div class={`toast ${current.bad ? 'bad' : ''}`} onMouseEnter={() => clearTimeout(timer)} onMouseLeave={() => wait?.()} onFocusIn={() => clearTimeout(timer)} onFocusOut={() => wait?.()}>
          <span>{current.text}</span>
          {current.undo && <Button onClick={current.undo}>{t.undo}</Button>}
        </div>
      )}
    </div>
  );
}

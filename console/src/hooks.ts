import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { ask, hear, lookAtConnection, problemOf, watchConnection, type ApiError, type Document } from './api';
import { listen, look } from './session';
import { lookAtUploads, watchUploads } from './uploads';

type Variables = Record<string, unknown>;

/** What a question has come to. */
export interface Asked<Data> {
  data?: Data;
  problem?: ApiError;
  waiting: boolean;
  again: () => void;
}

function useStore<T>(subscribe: (changed: () => void) => () => void, get: () => T): T {
  const [value, setValue] = useState(get);
  useEffect(() => {
    setValue(() => get());
    return subscribe(() => setValue(() => get()));
  }, []);
  return value;
}

/** Who is signed in, and what was last said about it. */
export const useSession = () => useStore(listen, look);

/** Whether what is live arrives. */
export const useConnection = () => useStore(watchConnection, lookAtConnection);

/** Files on their way to the server. */
export const useUploads = () => useStore(watchUploads, lookAtUploads);

/** Asks, and again when the variables are others. What was there stays until the answer comes. */
export function useAsk<Data, V extends Variables>(document: Document<Data, V> | undefined, variables?: V): Asked<Data> {
  return useAnswer(document, variables, (given, use, fail) => {
    ask(given, variables).then(use, (error) => fail(problemOf(error)));
    return undefined;
  });
}

/** What is to be drawn anew: one each frame, so that a page with much that is live does not hold it up at once. */
const drawings = new Set<() => void>();
let frame = 0;

function drawNext() {
  frame = 0;
  const [first] = drawings;
  if (!first) return;
  drawings.delete(first);
  if (drawings.size > 0) frame = requestAnimationFrame(drawNext);
  first();
}

function drawSoon(draw: () => void) {
  drawings.add(draw);
  frame ||= requestAnimationFrame(drawNext);
}

/**
 * Listens, and anew when the variables are others. What was there stays until the first answer comes. However often it
 * changes, a page is drawn once a frame, and not at all while nobody sees it.
 */
export function useLive<Data, V extends Variables>(document: Document<Data, V> | undefined, variables?: V): Asked<Data> {
  return useAnswer(document, variables, (given, use, fail) => {
    let newest: Data | undefined;
    const draw = () => use(newest as Data);
    const stop = hear(
      given,
      variables,
      (data) => {
        newest = data;
        drawSoon(draw);
      },
      fail,
    );
    return () => {
      drawings.delete(draw);
      stop();
    };
  });
}

type Begin<Data, V> = (
  document: Document<Data, V>,
  use: (data: Data) => void,
  fail: (problem: ApiError) => void,
) => (() => void) | undefined;

function useAnswer<Data, V extends Variables>(
  document: Document<Data, V> | undefined,
  variables: V | undefined,
  begin: Begin<Data, V>,
): Asked<Data> {
  const [state, setState] = useState<{ data?: Data; problem?: ApiError; waiting: boolean }>({ waiting: Boolean(document) });
  const [round, setRound] = useState(0);
  const asked = document && JSON.stringify([document.toString(), variables]);
  const former = useRef(document?.toString());
  useEffect(() => {
    if (!document) return setState({ waiting: false });
    // The answer to another question is no answer to this one; to the same with other variables it stays a moment.
    const isSame = former.current === document.toString();
    former.current = document.toString();
    setState(({ data }) => ({ data: isSame ? data : undefined, waiting: true }));
    let over = false;
    const stop = begin(
      document,
      (data) => over || setState({ data, waiting: false }),
      (problem) => over || setState(({ data }) => ({ data, problem, waiting: false })),
    );
    return () => {
      over = true;
      stop?.();
    };
  }, [asked, round]);
  const again = useCallback(() => setRound((count) => count + 1), []);
  return { ...state, again };
}

/** Runs one thing at a time: whether it runs, and what was wrong with the last. What comes meanwhile is not run. */
export function useAction() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiError>();
  // A key that is pressed twice comes before the button is drawn as busy.
  const running = useRef(false);
  const run = useCallback(async (work: () => Promise<unknown>): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
      return true;
    } catch (error) {
      setProblem(problemOf(error));
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  }, []);
  return { busy, problem, run, clear: () => setProblem(undefined) };
}

/** The value once it has been the same for so long: what is typed is not asked letter by letter. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/** The value, taken over at most once in so long: what changes all the time is followed, and not at every step. */
export function usePaced<T>(value: T, ms: number): T {
  const [taken, setTaken] = useState(value);
  const newest = useRef(value);
  const last = useRef(0);
  newest.current = value;
  useEffect(() => {
    if (value === taken) return;
    const timer = setTimeout(
      () => {
        last.current = Date.now();
        setTaken(() => newest.current);
      },
      Math.max(0, last.current + ms - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [value, taken]);
  return taken;
}

const TICK_MS = 20_000;
const clock = new Set<() => void>();
setInterval(() => {
  if (!document.hidden) for (const tick of clock) tick();
}, TICK_MS);

/** Draws again now and then, for what says how long ago something was. */
export function useClock() {
  const [, draw] = useState(0);
  useEffect(() => {
    const tick = () => draw((round) => round + 1);
    clock.add(tick);
    return () => void clock.delete(tick);
  }, []);
}

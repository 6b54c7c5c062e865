import type { ButtonHTMLAttributes, ComponentChildren, InputHTMLAttributes, TargetedSubmitEvent } from 'preact';
import { useId } from 'preact/hooks';

import type { ApiError } from '../api';
import { ago, exactTime, words } from '../format';
import { useClock } from '../hooks';
import { t } from '../texts';

/** What a form's handler of `submit` is given. */
export type Submission = TargetedSubmitEvent<HTMLFormElement>;

/** What a button is given. */
export type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { kind?: 'main' | 'plain' | 'danger' | 'bare'; busy?: boolean };

/** A button; while it is busy it waits. */
export function Button({ kind = 'plain', busy, children, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} class={`button ${kind} ${rest.class ?? ''}`} disabled={Boolean(rest.disabled) || busy} aria-busy={busy}>
      {children}
    </button>
  );
}

interface FieldProps {
  label: string;
  hint?: string;
  children: (attributes: { id: string; 'aria-describedby'?: string }) => ComponentChildren;
}

/** A control with its name and what there is to know of it. */
export function Field({ label, hint, children }: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, ...(hint && { 'aria-describedby': `${id}-hint` }) })}
      {hint && (
        <small id={`${id}-hint`} class="quiet">
          {hint}
        </small>
      )}
    </div>
  );
}

type InputProps = InputHTMLAttributes<HTMLInputElement> & { label: string; hint?: string };

/** A line to fill in. */
export function Input({ label, hint, ...rest }: InputProps) {
  return (
    <Field label={label} hint={hint}>
      {(attributes) => <input {...({ type: 'text', ...rest, ...attributes } as InputHTMLAttributes<HTMLInputElement>)} />}
    </Field>
  );
}

/** What went wrong, and a way to go on. */
export function Problem({ problem, again }: { problem?: ApiError; again?: () => void }) {
  if (!problem) return null;
  return (
    <div class="problem" role="alert">
      <p>
        {problem.message}
        {problem.code && <small class="quiet"> {t.problems.withCode(problem.code)}</small>}
      </p>
      {again && <Button onClick={again}>{t.retry}</Button>}
    </div>
  );
}

/** What a place says that holds nothing, and what to do about it. */
export function Empty({ children, action }: { children: ComponentChildren; action?: ComponentChildren }) {
  return (
    <div class="empty">
      <p>{children}</p>
      {action}
    </div>
  );
}

/** The place of what is on its way. */
export function Waiting() {
  return (
    <p class="waiting quiet" role="status">
      {t.loading}
    </p>
  );
}

/** A page's name, what it is for, and what can be done on all of it. */
export function Head({ title, lead, live, children }: { title: string; lead?: string; live?: boolean; children?: ComponentChildren }) {
  return (
    <header class="head">
      <div>
        <h1>
          {title}
          {live && <span class="badge good pulse">{t.live}</span>}
        </h1>
        {lead && <p class="quiet">{lead}</p>}
      </div>
      {children && <div class="actions">{children}</div>}
    </header>
  );
}

const TONES: Record<string, string> = {};
for (const [tone, names] of Object.entries({
  good: 'COMPLETED COMPLETE ACCEPTED ACTIVE RESOLVED OK PUBLISHED READY CONNECTED VALID INSERT',
  bad: 'DEAD FAILED ERROR CRITICAL HIGH URGENT DISMISSED DELETE REJECTED CANCELED',
  warn: 'PENDING WAITING WRITING STOPPED ASKING WARNING MEDIUM PROCESSING SUGGESTED NEW OPEN RUNNING UPDATE DRAFT',
})) {
  for (const name of names.split(' ')) TONES[name] = tone;
}

/** One of a few values, coloured where its word says good or bad. */
export function Badge({ value }: { value: string }) {
  return <span class={`badge ${TONES[value.toUpperCase()] ?? ''}`}>{words(value)}</span>;
}

/** A point in time, how long ago; the exact one is its title. */
export function Time({ value }: { value: string }) {
  useClock();
  return (
    <time dateTime={value} title={exactTime(value)}>
      {ago(value)}
    </time>
  );
}

/** Places beside each other of which one is shown; the address says which. */
export function Tabs({ label, tabs, chosen, hrefOf }: { label: string; tabs: Record<string, string>; chosen: string; hrefOf: (name: string) => string }) {
  return (
    <nav class="tabs" aria-label={label}>
      {Object.entries(tabs).map(([name, text]) => (
        <a key={name} href={hrefOf(name)} aria-current={name === chosen ? 'page' : undefined}>
          {text}
        </a>
      ))}
    </nav>
  );
}

/** A figure with its name. */
export function Figure({ label, value, detail, tone }: { label: string; value: ComponentChildren; detail?: ComponentChildren; tone?: 'good' | 'bad' | 'warn' }) {
  return (
    <div class={`figure ${tone ?? ''}`}>
      <span class="quiet">{label}</span>
      <strong>{value}</strong>
      {detail && <small class="quiet">{detail}</small>}
    </div>
  );
}

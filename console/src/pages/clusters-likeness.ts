// What notes are like, for a map: the likeness of each to some of them, which stand for all that is written about.
import { graphql } from '../generated/graphql';
import type { LikenessQuery } from '../generated/graphql/graphql';

/** How many notes the others are held against. */
export const LANDMARKS = 24;

/** The notes that are most like each landmark. The server's vectors are not handed out; their likeness is. */
export const Likeness = graphql(`
  query Likeness($l0: UUID!, $l1: UUID!, $l2: UUID!, $l3: UUID!, $l4: UUID!, $l5: UUID!, $l6: UUID!, $l7: UUID!, $l8: UUID!, $l9: UUID!, $l10: UUID!, $l11: UUID!, $l12: UUID!, $l13: UUID!, $l14: UUID!, $l15: UUID!, $l16: UUID!, $l17: UUID!, $l18: UUID!, $l19: UUID!, $l20: UUID!, $l21: UUID!, $l22: UUID!, $l23: UUID!) {
    l0: similarNotes(noteId: $l0, first: 150) { similarity note { id } }
    l1: similarNotes(noteId: $l1, first: 150) { similarity note { id } }
    l2: similarNotes(noteId: $l2, first: 150) { similarity note { id } }
    l3: similarNotes(noteId: $l3, first: 150) { similarity note { id } }
    l4: similarNotes(noteId: $l4, first: 150) { similarity note { id } }
    l5: similarNotes(noteId: $l5, first: 150) { similarity note { id } }
    l6: similarNotes(noteId: $l6, first: 150) { similarity note { id } }
    l7: similarNotes(noteId: $l7, first: 150) { similarity note { id } }
    l8: similarNotes(noteId: $l8, first: 150) { similarity note { id } }
    l9: similarNotes(noteId: $l9, first: 150) { similarity note { id } }
    l10: similarNotes(noteId: $l10, first: 150) { similarity note { id } }
    l11: similarNotes(noteId: $l11, first: 150) { similarity note { id } }
    l12: similarNotes(noteId: $l12, first: 150) { similarity note { id } }
    l13: similarNotes(noteId: $l13, first: 150) { similarity note { id } }
    l14: similarNotes(noteId: $l14, first: 150) { similarity note { id } }
    l15: similarNotes(noteId: $l15, first: 150) { similarity note { id } }
    l16: similarNotes(noteId: $l16, first: 150) { similarity note { id } }
    l17: similarNotes(noteId: $l17, first: 150) { similarity note { id } }
    l18: similarNotes(noteId: $l18, first: 150) { similarity note { id } }
    l19: similarNotes(noteId: $l19, first: 150) { similarity note { id } }
    l20: similarNotes(noteId: $l20, first: 150) { similarity note { id } }
    l21: similarNotes(noteId: $l21, first: 150) { similarity note { id } }
    l22: similarNotes(noteId: $l22, first: 150) { similarity note { id } }
    l23: similarNotes(noteId: $l23, first: 150) { similarity note { id } }
  }
`);

export interface Placed {
  id: string;
  clusterId?: string | null;
}

/** Notes to hold the others against: of each cluster in turn, and of those that are in none, evenly. */
export function landmarksOf(notes: readonly Placed[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { id, clusterId } of notes) {
    const key = clusterId ?? '';
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  const ordered = [...groups.values()].sort((a, b) => b.length - a.length);
  const chosen: string[] = [];
  for (let round = 0; chosen.length < LANDMARKS && round < LANDMARKS; round += 1) {
    for (const group of ordered) {
      // The first of a group, its middle, its quarters: what was written at other times is about other things.
      const place = Math.floor(group.length * ((round * 0.618) % 1));
      const id = group[place]!;
      if (chosen.length < LANDMARKS && !chosen.includes(id)) chosen.push(id);
    }
  }
  return chosen;
}

/** The variables of [`Likeness`]; where there are fewer landmarks, the last one stands for the others. */
export function variablesOf(landmarks: string[]) {
  const pairs = Array.from({ length: LANDMARKS }, (_, place) => [`l${place}`, landmarks[Math.min(place, landmarks.length - 1)]!]);
  return Object.fromEntries(pairs) as Parameters<NonNullable<(typeof Likeness)['__apiType']>>[0];
}

/**
 * Of each note a row of likenesses, one for each landmark; none for a note that is like none of them, which has no
 * vector yet. What is not among a landmark's nearest is a little less like it than the last of those.
 */
export function featuresOf(notes: readonly Placed[], landmarks: string[], answer: LikenessQuery): Map<string, Float64Array> {
  const features = new Map(notes.map(({ id }) => [id, new Float64Array(landmarks.length)]));
  const isKnown = new Set<string>();
  landmarks.forEach((landmark, place) => {
    const near = answer[`l${place}` as 'l0'];
    const least = near.reduce((least, { similarity }) => Math.min(least, similarity), 1);
    for (const row of features.values()) row[place] = near.length ? least * 0.9 : 0;
    for (const { note, similarity } of near) {
      const row = note && features.get(note.id);
      if (!row) continue;
      row[place] = similarity;
      isKnown.add(note.id);
    }
    const own = features.get(landmark);
    if (own) own[place] = 1;
    if (near.length) isKnown.add(landmark);
  });
  for (const id of features.keys()) if (!isKnown.has(id)) features.delete(id);
  return features;
}

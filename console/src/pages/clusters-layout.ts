// Places in two dimensions for rows of numbers, such that what is alike lies together: the principal components to begin
// with, then t-distributed neighbours (van der Maaten and Hinton, 2008). Nothing is drawn at random: the same rows have
// the same places.

/** How many others each row counts as its neighbours, about. */
const PERPLEXITY = 18;
const STEPS = 350;
/** So long what is alike is drawn together more than it is, so that groups find each other. */
const EXAGGERATED = 80;
const EXAGGERATION = 6;
const RATE = 60;

export type Point = [x: number, y: number];

/** The two directions in which the rows differ most, and where the rows lie along them. */
export function principal(rows: readonly Float64Array[]): Point[] {
  const width = rows[0]?.length ?? 0;
  const mean = new Float64Array(width);
  for (const row of rows) row.forEach((value, place) => (mean[place]! += value / rows.length));
  const centred = rows.map((row) => row.map((value, place) => value - mean[place]!));
  const along = [0, 1].map((which) => {
    let axis = Float64Array.from({ length: width }, (_, place) => Math.cos(place * (which + 1)));
    for (let round = 0; round < 60; round += 1) {
      const next = new Float64Array(width);
      for (const row of centred) {
        const share = dot(row, axis);
        row.forEach((value, place) => (next[place]! += value * share));
      }
      const length = Math.sqrt(dot(next, next)) || 1;
      axis = next.map((value) => value / length);
    }
    const shares = centred.map((row) => dot(row, axis));
    // What lies along the first direction is taken away, so that the second is another.
    centred.forEach((row, index) => row.forEach((value, place) => (row[place] = value - axis[place]! * shares[index]!)));
    return shares;
  });
  return rows.map((_, index) => [along[0]![index]!, along[1]![index]!]);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let place = 0; place < a.length; place += 1) sum += a[place]! * b[place]!;
  return sum;
}

/** How much each row counts each other as a neighbour: symmetric, and 1 together. */
function affinities(rows: readonly Float64Array[]): Float64Array {
  const count = rows.length;
  const p = new Float64Array(count * count);
  const wanted = Math.log(Math.min(PERPLEXITY, Math.max((count - 1) / 3, 1)));
  const distances = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    for (let j = 0; j < count; j += 1) {
      let sum = 0;
      for (let place = 0; place < rows[i]!.length; place += 1) sum += (rows[i]![place]! - rows[j]![place]!) ** 2;
      distances[j] = sum;
    }
    let [low, high, beta] = [0, Infinity, 1];
    for (let round = 0; round < 50; round += 1) {
      let [total, weighted] = [1e-12, 0];
      for (let j = 0; j < count; j += 1) {
        const share = j === i ? 0 : Math.exp(-distances[j]! * beta);
        p[i * count + j] = share;
        total += share;
        weighted += share * distances[j]!;
      }
      const entropy = Math.log(total) + (beta * weighted) / total;
      for (let j = 0; j < count; j += 1) p[i * count + j]! /= total;
      if (Math.abs(entropy - wanted) < 1e-4) break;
      if (entropy > wanted) {
        low = beta;
        beta = high === Infinity ? beta * 2 : (beta + high) / 2;
      } else {
        high = beta;
        beta = (beta + low) / 2;
      }
    }
  }
  for (let i = 0; i < count; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const both = Math.max((p[i * count + j]! + p[j * count + i]!) / (2 * count), 1e-12);
      p[i * count + j] = both;
      p[j * count + i] = both;
    }
  }
  return p;
}

/** Moves points step by step to where their neighbours are; each step yields them. */
export function* neighbours(rows: readonly Float64Array[]): Generator<Point[]> {
  const points = scaled(principal(rows), 0.01);
  yield points;
  if (rows.length < 4) return;
  const p = affinities(rows);
  const moves: Point[] = points.map(() => [0, 0]);
  for (let step = 0; step < STEPS; step += 1) {
    const pull = step < EXAGGERATED ? EXAGGERATION : 1;
    const forces = forcesOn(points, p, pull);
    const keep = step < EXAGGERATED ? 0.5 : 0.8;
    points.forEach((point, index) => {
      for (const axis of [0, 1] as const) {
        moves[index]![axis] = keep * moves[index]![axis] - RATE * forces[index]![axis];
        point[axis] += moves[index]![axis];
      }
    });
    yield points;
  }
}

function forcesOn(points: Point[], p: Float64Array, pull: number): Point[] {
  const count = points.length;
  const near = new Float64Array(count * count);
  let total = 1e-12;
  for (let i = 0; i < count; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const share = 1 / (1 + (points[i]![0] - points[j]![0]) ** 2 + (points[i]![1] - points[j]![1]) ** 2);
      near[i * count + j] = share;
      total += 2 * share;
    }
  }
  const forces: Point[] = points.map(() => [0, 0]);
  for (let i = 0; i < count; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const share = near[i * count + j]!;
      const force = 4 * (pull * p[i * count + j]! - share / total) * share;
      for (const axis of [0, 1] as const) {
        const part = force * (points[i]![axis] - points[j]![axis]);
        forces[i]![axis] += part;
        forces[j]![axis] -= part;
      }
    }
  }
  return forces;
}

function scaled(points: Point[], to: number): Point[] {
  const largest = Math.max(...points.flat().map(Math.abs), 1e-12);
  return points.map(([x, y]) => [(x / largest) * to, (y / largest) * to]);
}

/** The points in a box, with room at its edges. */
export function fitted(points: readonly Point[], width: number, height: number, margin: number): Point[] {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const place = (value: number, all: number[], size: number) => {
    const [least, most] = [Math.min(...all), Math.max(...all)];
    return margin + ((value - least) / (most - least || 1)) * (size - 2 * margin);
  };
  return points.map(([x, y]) => [place(x, xs, width), place(y, ys, height)]);
}

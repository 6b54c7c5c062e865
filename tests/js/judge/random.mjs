// Random choices that are the same for the same seed.

export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** From 0 to 1 (mulberry32). */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  chance(of) {
    return this.next() < of;
  }

  /** From 0 to below. */
  below(count) {
    return Math.floor(this.next() * count);
  }

  pick(items) {
    return items[this.below(items.length)];
  }

  /** So many of them, in their order. */
  some(items, count) {
    const chosen = new Set();
    while (chosen.size < Math.min(count, items.length)) chosen.add(this.below(items.length));
    return items.filter((_, index) => chosen.has(index));
  }
}

/** Sorted arrays kept sorted one element at a time. */

/** Total order: 0 only for the same element. */
export type Order<T> = (a: T, b: T) => number;

/** The first place whose element is not before `wanted`. */
export function lowerBound<T>(list: readonly T[], wanted: T, order: Order<T>): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (order(list[middle] as T, wanted) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Puts `element` where it belongs. */
export function insert<T>(list: T[], element: T, order: Order<T>): void {
  list.splice(lowerBound(list, element, order), 0, element);
}

/** Takes `element` out, found by its place in the order. */
export function remove<T>(list: T[], element: T, order: Order<T>): void {
  const place = lowerBound(list, element, order);
  if (place < list.length && order(list[place] as T, element) === 0) list.splice(place, 1);
}

/** Both in one: each is in its order, and no element is in both. */
export function merged<T>(one: readonly T[], other: readonly T[], order: Order<T>): T[] {
  const all: T[] = [];
  let at = 0;
  for (const element of other) {
    while (at < one.length && order(one[at] as T, element) < 0) all.push(one[at++] as T);
    all.push(element);
  }
  while (at < one.length) all.push(one[at++] as T);
  return all;
}

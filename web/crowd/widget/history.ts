// Undo and redo over values that are never changed in place.

export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
}

export function begin<T>(present: T): History<T> {
  return { past: [], present, future: [] };
}

export function change<T>(history: History<T>, present: T): History<T> {
  return { past: [...history.past, history.present], present, future: [] };
}

/** Put another value in the present's place: one step of a drag or of a key held down. */
export function replace<T>(history: History<T>, present: T): History<T> {
  return { ...history, present };
}

export function undo<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), present: before, future: [history.present, ...history.future] };
}

export function redo<T>(history: History<T>): History<T> {
  const [after, ...future] = history.future;
  if (after === undefined) return history;
  return { past: [...history.past, history.present], present: after, future };
}

/** -1 for undo, 1 for redo, 0 for any other key. */
export function historyKey(event: KeyboardEvent): -1 | 0 | 1 {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return 0;
  const key = event.key.toLowerCase();
  if (key === "y") return 1;
  return key === "z" ? (event.shiftKey ? 1 : -1) : 0;
}

// Storage and cookies that last as long as the page: what a frame without an origin is denied.

/** What browsers give an origin, in characters of names and values. */
export const MOST_CHARACTERS = 5 * 1024 * 1024;
/** RFC 6265, 6.1: a cookie of 4,096 bytes; browsers keep some hundred. */
const COOKIE_CHARACTERS = 4096;
const MOST_COOKIES = 180;

/** A Storage of the HTML standard (https://html.spec.whatwg.org/multipage/webstorage.html), in memory. */
export function memoryStorage(prototype: object = {}): Storage {
  const items = new Map<string, string>();
  let size = 0;
  const remove = (name: string): void => {
    const value = items.get(name);
    if (value === undefined) return;
    size -= name.length + value.length;
    items.delete(name);
  };
  const methods = {
    getItem: (name: string): string | null => items.get(String(name)) ?? null,
    setItem: (name: string, value: string): void => {
      const [key, text] = [String(name), String(value)];
      const added = key.length + text.length;
      const had = items.get(key);
      if (size + added - (had === undefined ? 0 : key.length + had.length) > MOST_CHARACTERS) {
        throw new DOMException("the storage of this page is full", "QuotaExceededError");
      }
      if (had !== undefined) size -= key.length + had.length;
      items.set(key, text);
      size += added;
    },
    removeItem: (name: string): void => remove(String(name)),
    clear: (): void => {
      items.clear();
      size = 0;
    },
    key: (index: number): string | null => [...items.keys()][index] ?? null,
  };
  const isMethod = (name: PropertyKey): name is keyof typeof methods => Object.hasOwn(methods, name);
  return new Proxy(Object.create(prototype) as Storage, {
    get(target, name, receiver) {
      if (isMethod(name)) return methods[name];
      if (name === "length") return items.size;
      return typeof name === "symbol" || !items.has(name) ? Reflect.get(target, name, receiver) : items.get(name);
    },
    set(_, name, value) {
      if (typeof name === "symbol") return false;
      methods.setItem(name, value as string);
      return true;
    },
    has: (target, name) => (typeof name === "string" && items.has(name)) || isMethod(name) || Reflect.has(target, name),
    deleteProperty(_, name) {
      if (typeof name === "string") remove(name);
      return true;
    },
    ownKeys: () => [...items.keys()],
    getOwnPropertyDescriptor(_, name) {
      const value = typeof name === "string" ? items.get(name) : undefined;
      return value === undefined ? undefined : { value, writable: true, enumerable: true, configurable: true };
    },
    defineProperty(_, name, { value }) {
      if (typeof name === "symbol") return false;
      methods.setItem(name, value as string);
      return true;
    },
  });
}

/** What `document.cookie` reads and writes; a cookie that has expired is gone at once. */
export function memoryCookies(now: () => number = Date.now): { read: () => string; write: (cookie: string) => void } {
  const cookies = new Map<string, string>();
  return {
    read: () => [...cookies].map(([name, value]) => (name === "" ? value : `${name}=${value}`)).join("; "),
    write(cookie) {
      const [pair = "", ...attributes] = String(cookie).split(";");
      const equals = pair.indexOf("=");
      const name = equals < 0 ? "" : pair.slice(0, equals).trim();
      const value = pair.slice(equals + 1).trim();
      if (name.length + value.length > COOKIE_CHARACTERS || (name === "" && value === "")) return;
      cookies.delete(name);
      if (!isOver(attributes, now())) cookies.set(name, value);
      if (cookies.size > MOST_COOKIES) cookies.delete([...cookies.keys()][0] ?? "");
    },
  };
}

function isOver(attributes: readonly string[], now: number): boolean {
  const named = new Map<string, string>();
  for (const attribute of attributes) {
    const [name = "", ...value] = attribute.split("=");
    named.set(name.trim().toLowerCase(), value.join("=").trim());
  }
  const age = named.get("max-age");
  if (age !== undefined && /^-?\d+$/.test(age)) return Number(age) <= 0;
  const expires = Date.parse(named.get("expires") ?? "");
  return expires <= now;
}

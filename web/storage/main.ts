// Puts storage in memory where the page's own is denied: a task's page has an origin of its own, and
// reaches nothing that is kept under another. Where a page has storage, this changes nothing.
import { memoryCookies, memoryStorage } from "./memory.ts";

for (const name of ["localStorage", "sessionStorage"] as const) {
  if (!isDenied(() => window[name])) continue;
  const storage = memoryStorage(Storage.prototype);
  Object.defineProperty(window, name, { get: () => storage, configurable: true, enumerable: true });
}
if (isDenied(() => document.cookie)) {
  const { read, write } = memoryCookies();
  Object.defineProperty(document, "cookie", { get: read, set: write, configurable: true, enumerable: true });
}

function isDenied(look: () => unknown): boolean {
  try {
    look();
    return false;
  } catch {
    return true;
  }
}

// What an invitation's link holds behind its #, which browsers send to no server.

/** A worker's name and their join code. */
export interface Invited {
  name: string;
  code: string;
}

/** Read a fragment; null when it is no invitation. */
export function readInvitation(fragment: string): Invited | null {
  const found = new URLSearchParams(fragment.replace(/^#/, "").replaceAll("+", "%2B"));
  const name = found.get("name");
  const code = found.get("code");
  return name && code ? { name, code } : null;
}

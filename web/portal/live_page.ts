// A page that follows the job: its parts marked data-live are loaded anew when the job moves on.

const PAUSE = 1000;

let due = false;
let busy = false;
/** A part did not move because people are at work in it. */
let waits = false;
let stream: EventSource | null = null;

async function refresh(): Promise<void> {
  if (busy) {
    due = true;
    return;
  }
  busy = true;
  due = false;
  waits = false;
  try {
    const response = await fetch(window.location.href, { headers: { accept: "text/html" } });
    if (response.ok) swap(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    // Unreachable: the stream comes back, and with it the next change.
  }
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  busy = false;
  if (due) void refresh();
}

/** Put the new parts in the places of the old ones; where people are at work, nothing moves. */
function swap(fresh: Document): void {
  for (const old of document.querySelectorAll("[data-live]")) {
    const made = fresh.getElementById(old.id);
    if (!made || content(made) === content(old)) continue;
    if (old.contains(document.activeElement)) waits = true;
    else old.replaceChildren(...made.childNodes);
  }
}

/** What people see and press; each form that is made has a token of its own. */
function content(part: Element): string {
  return part.innerHTML.replace(/name="token" value="[^"]*"/g, "");
}

/**
 * Listen as long as the page is seen: browsers open six connections to a server, and pages in other
 * tabs, or behind the back button, would leave none. The stream begins with what is new.
 */
function follow(): void {
  stream?.close();
  stream = null;
  if (document.hidden) return;
  stream = new EventSource("/events");
  stream.addEventListener("message", () => void refresh());
}

follow();
document.addEventListener("visibilitychange", follow);
document.addEventListener("focusout", () => {
  if (waits) void refresh();
});

// A page that follows the job: its parts marked data-live are loaded anew when the job moves on.

const PAUSE = 1000;

let due = false;
let busy = false;

async function refresh(): Promise<void> {
  if (busy) {
    due = true;
    return;
  }
  busy = true;
  due = false;
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
    if (!made || made.innerHTML === old.innerHTML || old.contains(document.activeElement)) continue;
    old.replaceChildren(...made.childNodes);
  }
}

const stream = new EventSource("/events");
stream.addEventListener("message", () => void refresh());
window.addEventListener("pagehide", () => stream.close());

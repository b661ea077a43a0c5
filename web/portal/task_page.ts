// A task: talks with the sandboxed page, keeps drafts, sends the answer and goes on to the next.
import { element } from "./dom.ts";
import { Drafts, SHORT } from "./draft.ts";
import { readMessage, welcome } from "./messages.ts";
import { browserStore, Outbox, placeOf, type Waiting } from "./outbox.ts";
import { newToken, pause, send, type Taken } from "./requests.ts";
import { leaveBehind, takeUp } from "./unsent.ts";
import { dueWarning, timeLeft } from "./timer.ts";

const task = element("task");
const page = element<HTMLIFrameElement>("page");
const { assignment = "", worker = "", csrf = "" } = task.dataset;
const path = `/tasks/${assignment}`;
const outbox = new Outbox(browserStore(), worker);
const opened = [performance.now(), Date.now()] as const;
/** The worker's last answer, which counts as it was until a better one is there: no time runs out. */
const correcting = "correcting" in task.dataset;
const given = correcting ? Infinity : Number(task.dataset["remaining"]);

/** In UTF-16 units: beside the longest answer, as much fits into a request. */
const LONGEST_BESIDE = 200_000;

let over = false;
let sending = false;
let leaving = false;
const behind = [browserStore("sessionStorage"), `${worker}:${assignment}`] as const;
const unsent = takeUp(...behind, Date.now());
let newest = unsent ?? (JSON.parse(task.dataset["draft"] ?? "null") as string | null);

/** While a computer sleeps, only one of the clocks goes on; the other can't be set. */
const remaining = () => given - Math.max(performance.now() - opened[0], Date.now() - opened[1]) / 1000;
const tell = (message: object) => page.contentWindow?.postMessage({ labelwright: 1, ...message }, "*");

/** Show something that the worker has to know, with what can be done about it. */
function notice(text: string, ...actions: HTMLElement[]): void {
  show("notice", text, ...actions);
}

function show(id: "notice" | "problem", text: string, ...actions: HTMLElement[]): void {
  const words = document.createElement("p");
  words.textContent = text;
  element(id).replaceChildren(words, ...actions);
  element(id).hidden = false;
}

function link(text: string, href: string, download?: string): HTMLElement {
  const made = document.createElement("a");
  made.textContent = text;
  made.href = href;
  made.className = "button small";
  if (download) made.download = download;
  return made;
}

function nextButton(): HTMLElement {
  const made = document.createElement("button");
  made.textContent = "Next task";
  made.className = "small";
  made.addEventListener("click", () => void goOn());
  return made;
}

/** The answer as a file: what the server refuses must not be lost with the page. */
function answerFile(answer: object): HTMLElement {
  const data = new Blob([JSON.stringify(answer, null, 2)], { type: "application/json" });
  return link("Save your answer as a file", URL.createObjectURL(data), `answer-${assignment}.json`);
}

const drafts = new Drafts(async (draft, last) => {
  const reply = await send<{ saved: boolean }>(`${path}/draft`, csrf, { draft }, { keepalive: last && draft.length < SHORT });
  const saved = reply.kind === "done" && reply.value.saved;
  element("saved").textContent = saved ? "Draft saved" : reply.kind === "unreachable" ? "Draft not saved yet" : "Draft not saved";
  if (saved) tell({ type: "draft-saved" });
  return saved ? "kept" : reply.kind === "unreachable" ? "again" : "refused";
});

/** Send an answer until the server has said what becomes of it. */
async function submit(waiting: Waiting): Promise<void> {
  if (sending) return;
  sending = true;
  // However long it takes: what the page would send meanwhile could not be taken.
  tell({ type: "sending" });
  drafts.drop();
  const kept = outbox.keep(waiting);
  for (let tries = 0; ; tries++) {
    // What the page would go on from, should the answer be corrected.
    const draft = newest !== null && newest.length < LONGEST_BESIDE ? newest : undefined;
    const reply = await send<Taken>(placeOf(waiting), csrf, { token: waiting.token, answer: waiting.answer, draft });
    if (reply.kind === "unreachable") {
      notice(
        kept
          ? "The portal can't be reached. Your answer is kept in this browser and sent as soon as it can be."
          : "The portal can't be reached. Keep this page open: your answer is sent as soon as it can be.",
        answerFile(waiting.answer),
      );
      await reachable(pause(tries));
    } else if (reply.kind === "signed-out") {
      sending = false;
      tell({ type: "refused", reason: "You are signed out." });
      notice(
        kept
          ? "You are signed out. Your answer is kept in this browser: sign in by the same name, and it is sent."
          : "You are signed out, and this browser keeps nothing: save your answer as a file before you sign in.",
        answerFile(waiting.answer),
        link("Sign in", "/"),
      );
      return;
    } else if (reply.kind === "done" && reply.value.accepted) {
      outbox.drop(assignment);
      tell({ type: "submitted" });
      await goOn();
      return;
    } else {
      sending = false;
      outbox.drop(assignment);
      const reason = (reply.kind === "done" ? reply.value.reason : reply.reason) ?? "It is not known why.";
      tell({ type: "refused", reason });
      notice(`Your answer was not taken. ${reason}`, answerFile(waiting.answer), nextButton());
      return;
    }
  }
}

/** Wait for some seconds, or until the browser says that there is a network again. */
function reachable(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, seconds * 1000);
    window.addEventListener("online", done);
    function done(): void {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    }
  });
}

/** Go to the next task; asked again by the same token, the server gives the same one. */
async function goOn(): Promise<void> {
  const token = newToken();
  for (let tries = 0; ; tries++) {
    const reply = await send<{ location: string }>("/next", csrf, { token });
    if (reply.kind === "done") {
      leaving = true;
      window.location.replace(reply.value.location);
      return;
    }
    if (reply.kind !== "unreachable") {
      window.location.replace("/");
      return;
    }
    notice("The portal can't be reached. The next task comes as soon as it can be.");
    await reachable(pause(tries));
  }
}

window.addEventListener("message", (event) => {
  if (event.source !== page.contentWindow) return;
  const message = readMessage(event.data);
  switch (message?.type) {
    case "hello":
    case "form-hello": {
      const reply = welcome(message.type, newest);
      if (reply.draft !== null) element("saved").textContent = "Draft brought back";
      tell(reply);
      break;
    }
    case "draft":
      newest = message.draft;
      if (!sending) drafts.put(message.draft);
      break;
    case "submit":
      void submit({ assignment, token: newToken(), answer: message.answer, correction: correcting });
      break;
    case "problem":
      // Apart from notices: a page that fails again and again must not take a refused answer away.
      show("problem", `The task's page has a problem${message.line === null ? "" : ` (line ${message.line})`}: ${message.message}`);
      break;
    case "ready":
      task.dataset["ready"] = "";
      break;
  }
});

// People go on by keyboard where the last task ended.
page.addEventListener("load", () => page.focus());
// Only now: what it says before somebody listens would be lost.
page.src = `${path}/page`;

let before = Infinity;
function tick(): void {
  if (correcting) return;
  const left = remaining();
  element("timer").textContent = `${timeLeft(left)} left`;
  element("timer").classList.toggle("late", left <= 60);
  const warning = dueWarning(before, left);
  if (warning) element("said").textContent = warning;
  if (before > 5 && left <= 5) void drafts.flush();
  if (left <= 0 && !over && !sending) {
    over = true;
    notice("The time for this task is over; somebody else may do it now. What was saved as a draft is kept.", nextButton());
  }
  before = left;
}
tick();
setInterval(tick, 1000);

window.addEventListener("pagehide", () => {
  if (drafts.unsent !== null) leaveBehind(...behind, drafts.unsent, Date.now());
  void drafts.flush(true);
});
window.addEventListener("beforeunload", (event) => {
  if ((sending || drafts.atRisk) && !leaving) event.preventDefault();
});
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-leaves]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void drafts.flush().then(() => {
      // Who declines gives the work up; else the browser asks about what could not be kept.
      leaving = form.action.endsWith("/decline") || !drafts.atRisk;
      form.submit();
    });
  });
}
const dialog = document.getElementById("instructions") as HTMLDialogElement | null;
document.getElementById("show-instructions")?.addEventListener("click", () => dialog?.showModal());

if (unsent !== null) drafts.put(unsent);
const left = outbox.find(assignment);
if (left) void submit(left);

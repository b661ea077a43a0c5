// The page around a previewed template: it plays the portal, and shows what comes of a submit.

interface Finding {
  severity: string;
  rule: string;
  line: number | null;
  column: number | null;
  message: string;
}

interface State {
  error: string | null;
  taskInput: unknown;
  findings: Finding[];
}

interface Field {
  name: string;
  kind: string;
  value: unknown;
  problems: string[];
  note: string;
}

interface Reading {
  error: string | null;
  fields: Field[];
}

interface Message {
  labelwright?: unknown;
  type?: unknown;
  answer?: unknown;
  message?: unknown;
  line?: unknown;
}

const found = <T extends HTMLElement>(selector: string): T => document.querySelector(selector) as T;

const frame = found<HTMLIFrameElement>("#page");
const statusLine = found("#status");
const problems: string[] = [];
let draft: string | null = null;
let state: State = { error: null, taskInput: null, findings: [] };

const make = (name: string, text: string, className = ""): HTMLElement => {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  return element;
};

const reply = (message: object): void => frame.contentWindow?.postMessage({ labelwright: 1, ...message }, "*");

function showFindings(): void {
  const items = [
    ...(state.error ? [make("li", state.error, "error")] : []),
    ...state.findings.map(({ severity, line, column, message }) => {
      const place = line === null ? "" : `${line}:${column} `;
      return make("li", `${place}${severity}: ${message}`, severity);
    }),
    ...problems.map((problem) => make("li", `in the browser: ${problem}`, "error")),
  ];
  found("#findings").replaceChildren(...(items.length ? items : [make("li", "None.")]));
}

function showAnswer(answer: unknown, reading: Reading): void {
  const rows = reading.fields.map((field) => {
    const row = document.createElement("tr");
    const name = make("th", field.name);
    name.setAttribute("scope", "row");
    row.append(
      name,
      make("td", field.kind),
      make("td", field.value === null ? "" : JSON.stringify(field.value)),
      make("td", [field.note, ...field.problems].join(": "), field.problems.length ? "error" : ""),
    );
    return row;
  });
  found("#fields tbody").replaceChildren(...rows);
  found("#fields").hidden = rows.length === 0;
  found("#answer").textContent = JSON.stringify(answer, null, 2);
  found("#answer").hidden = false;
  found("#answer-note").textContent =
    reading.error ?? (rows.length ? "Submitted." : "Submitted; post-labeling finds no field in it.");
}

async function refresh(): Promise<void> {
  state = (await (await fetch("/state")).json()) as State;
  found("#input").textContent =
    state.taskInput === null ? "None: name one with --input or --task." : JSON.stringify(state.taskInput, null, 2);
  showFindings();
}

function reload(): void {
  problems.length = 0;
  draft = null;
  frame.src = "/page";
  statusLine.textContent = `Loaded at ${new Date().toLocaleTimeString()}`;
  void refresh();
}

async function submitted(answer: unknown): Promise<void> {
  const response = await fetch("/answer", { method: "POST", body: JSON.stringify(answer) });
  const reading = (await response.json()) as Reading;
  showAnswer(answer, reading);
  reply(reading.error === null ? { type: "submitted" } : { type: "refused", reason: reading.error });
}

window.addEventListener("message", (event: MessageEvent<Message | null>) => {
  const message = event.data;
  if (event.source !== frame.contentWindow || message?.labelwright !== 1) return;
  if (message.type === "hello") reply({ type: "welcome", draft, remainingSeconds: null });
  if (message.type === "draft") {
    draft = String((message as { draft?: unknown }).draft);
    reply({ type: "draft-saved" });
  }
  if (message.type === "submit") void submitted(message.answer);
  if (message.type === "problem") {
    const line = typeof message.line === "number" ? `line ${message.line}: ` : "";
    problems.push(`${line}${String(message.message)}`);
    showFindings();
  }
});

let version = document.body.dataset["version"];

/** Look twice a second whether a file has changed; a page in the background waits. */
async function watch(): Promise<void> {
  if (!document.hidden) {
    try {
      const now = (await (await fetch("/version")).json()) as string;
      if (now !== version) reload();
      version = now;
    } catch {
      statusLine.textContent = "The preview's server is not there.";
      version = "";
    }
  }
  setTimeout(() => void watch(), 500);
}

statusLine.textContent = "Loaded; changes are shown at once.";
void refresh();
void watch();

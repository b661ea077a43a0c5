// The list of jobs: answers that an earlier page could not send are sent now.
import { element } from "./dom.ts";
import { browserStore, Outbox, placeOf, type Waiting } from "./outbox.ts";
import { pause, send, type Taken } from "./requests.ts";

const box = element("outbox");
const { worker = "", csrf = "" } = box.dataset;
const outbox = new Outbox(browserStore(), worker);

function say(text: string): void {
  const words = document.createElement("p");
  words.textContent = text;
  box.append(words);
  box.hidden = false;
}

async function deliver(waiting: Waiting): Promise<void> {
  const body = { token: waiting.token, answer: waiting.answer };
  for (let tries = 0; ; tries++) {
    const reply = await send<Taken>(placeOf(waiting), csrf, body);
    if (reply.kind === "signed-out") return;
    if (reply.kind !== "unreachable") {
      const reason = reply.kind === "done" ? reply.value.reason : reply.reason;
      outbox.drop(waiting.assignment);
      say(
        reply.kind === "done" && reply.value.accepted
          ? "An answer that could not be sent before has been sent now."
          : `An answer that could not be sent before was not taken. ${reason ?? ""}`,
      );
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, pause(tries) * 1000));
  }
}

for (const waiting of outbox.all()) void deliver(waiting);

// crowd-modal, crowd-instructions, crowd-tabs with crowd-tab: content that is opened or turned to.
import { CrowdElement, create } from "../element/base.ts";

/** A native dialog with a way to close it, and the trigger that opens it. */
export function makeDialog(heading: string, content: Node): HTMLDialogElement {
  const close = create("button", { type: "button", className: "button normal" }, "Close");
  const dialog = create("dialog", { className: "awsui-modal-dialog" });
  dialog.setAttribute("aria-label", heading);
  dialog.append(create("p", { className: "heading" }, heading), create("div", { className: "scroll" }, content), close);
  close.addEventListener("click", () => dialog.close());
  return dialog;
}

export function makeTrigger(text: string, type: string, dialog: HTMLDialogElement): HTMLButtonElement {
  const trigger = create("button", { type: "button", className: `button ${type === "button" ? "normal" : "link"}` }, text);
  trigger.setAttribute("aria-haspopup", "dialog");
  trigger.addEventListener("click", () => dialog.showModal());
  return trigger;
}

export class CrowdModal extends CrowdElement {
  #dialog!: HTMLDialogElement;

  protected make(): void {
    const text = this.text("link-text") || "Click to open modal";
    this.#dialog = makeDialog(text, create("slot"));
    this.root.append(makeTrigger(text, this.text("link-type"), this.#dialog), this.#dialog);
  }

  open(): void {
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  close(): void {
    this.#dialog.close();
  }
}

/** Pages of which one is shown, chosen by tabs: arrow keys, Home and End. */
function makePages(pages: readonly { header: string; show(shown: boolean): void; id?: string }[]): HTMLElement {
  const list = create("div", { className: "tabs", role: "tablist" });
  const tabs = pages.map((page) => create("button", { type: "button", role: "tab", className: "tab" }, page.header));
  const choose = (chosen: number, focus: boolean): void => {
    tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", String(index === chosen));
      tab.tabIndex = index === chosen ? 0 : -1;
      pages[index]?.show(index === chosen);
    });
    if (focus) tabs[chosen]?.focus();
  };
  tabs.forEach((tab, index) => tab.addEventListener("click", () => choose(index, true)));
  list.addEventListener("keydown", (event) => {
    const at = tabs.findIndex((tab) => tab.tabIndex === 0);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose((to + tabs.length) % tabs.length, true);
  });
  list.append(...tabs);
  choose(0, false);
  return list;
}

const PAGES = [
  { header: "Summary", regions: ["short-summary"] },
  { header: "Detailed instructions", regions: ["detailed-instructions"] },
  { header: "Examples", regions: ["positive-example", "negative-example"] },
];

export class CrowdInstructions extends CrowdElement {
  protected make(): void {
    for (const child of this.children) child.slot = child.localName;
    const panels = PAGES.map(({ header, regions }) => {
      const panel = create("div", { className: "panel", role: "tabpanel", tabIndex: "0" });
      panel.tabIndex = 0;
      panel.setAttribute("aria-label", header);
      for (const region of regions) {
        const good = region === "positive-example";
        if (header === "Examples" && this.querySelector(region)) {
          panel.append(create("p", { className: good ? "good" : "bad" }, good ? "Good example" : "Bad example"));
        }
        panel.append(create("slot", { name: region }));
      }
      return { header, panel, regions, show: (shown: boolean) => void (panel.hidden = !shown) };
    }).filter(({ regions }) => regions.some((region) => this.querySelector(region)));
    const content = create("div", {}, makePages(panels), ...panels.map(({ panel }) => panel));
    const text = this.text("link-text") || "Click for instructions";
    const dialog = makeDialog("Instructions", content);
    this.root.append(makeTrigger(text, this.text("link-type"), dialog), dialog);
  }
}

export class CrowdTab extends CrowdElement {
  protected make(): void {
    this.root.append(create("slot"));
    this.setAttribute("role", "tabpanel");
    this.setAttribute("aria-label", this.text("header"));
  }
}

export class CrowdTabs extends CrowdElement {
  protected make(): void {
    const tabs = [...this.children].filter((child): child is HTMLElement => child.localName === "crowd-tab");
    const pages = tabs.map((tab) => ({
      header: tab.getAttribute("header") ?? "",
      show: (shown: boolean) => void (tab.hidden = !shown),
    }));
    this.root.append(makePages(pages), create("slot"));
  }
}

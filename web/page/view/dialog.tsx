// The browser's own dialog: it keeps the focus inside, closes with Esc, and gives the focus back.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import { Button } from "./button.tsx";

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** An open dialog; it is closed by not being drawn any more. */
export function Dialog({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  // At once: an Esc that comes before the dialog is open would not close it.
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current!.showModal();
    return () => before?.focus({ preventScroll: true });
  }, []);
  return (
    <dialog
      ref={dialog} aria-labelledby="dialog-title" onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div class="page">
        <header>
          <h2 id="dialog-title">{title}</h2>
          <Button onClick={onClose}>Close</Button>
        </header>
        <div class="scrolls" tabindex={0} role="group" aria-label={title}>{children}</div>
      </div>
    </dialog>
  );
}

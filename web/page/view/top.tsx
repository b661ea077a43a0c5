// The header of a page: what the task is called, what it is about, what time is left.

import type { ComponentChildren } from "preact";

interface Props {
  readonly title: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly minutesLeft: number | null;
  readonly children: ComponentChildren;
}

export function Top({ title, metadata, minutesLeft, children }: Props) {
  const source = Object.entries(metadata)
    .filter(([key, value]) => key !== "text_file_s3_uri" && typeof value !== "object")
    .map(([key, value]) => `${key}: ${value}`).join(" \u00b7 ");
  return (
    <header class="top">
      <div class="titles">
        <h1>{title}</h1>
        {source && <p class="soft" dir="auto">{source}</p>}
      </div>
      {minutesLeft !== null && <p class="soft" role="timer">{minutesLeft} min left</p>}
      {children}
    </header>
  );
}

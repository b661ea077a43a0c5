// The picture that is worked on, in a frame that scrolls where it is enlarged.
import type { ComponentChildren } from "preact";
import type { Size } from "./shapes.ts";
import { UNSEEN, type Sight } from "../widget/sight.ts";

export interface PictureFrameProps {
  readonly src: string;
  readonly sight: Sight;
  readonly size: Size;
  /** How many times enlarged it is. */
  readonly zoom: number;
  /** What lies over the picture. */
  readonly children: ComponentChildren;
  /** The picture came, or could not come. */
  onLook(image: HTMLImageElement): void;
  onFocus?(): void;
}

export function PictureFrame({ src, sight, size, zoom, children, onLook, onFocus }: PictureFrameProps) {
  return (
    <div class="frame" tabIndex={-1}>
      <div
        class="stage"
        tabIndex={0}
        role="application"
        aria-label="Image to annotate"
        aria-describedby="how"
        onFocus={onFocus}
        style={{ "--zoom": zoom, "--ratio": size.width / size.height || 1 }}
      >
        {sight === "failed" ? (
          <p class="notice" role="alert">{UNSEEN}</p>
        ) : (
          <img
            key={src}
            src={src}
            alt=""
            draggable={false}
            onLoad={(event) => onLook(event.currentTarget)}
            onError={(event) => onLook(event.currentTarget)}
          />
        )}
        {children}
      </div>
    </div>
  );
}

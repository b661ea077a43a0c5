// The picture that is classified, with the annotations of an earlier task over it where `overlay` gives them.
import { create } from "../element/base.ts";
import { isRecord, parseAttribute } from "../element/json.ts";
import { sightOf, UNSEEN, unseen, type Sight } from "../widget/sight.ts";

export class Picture {
  readonly #element: HTMLElement;
  /** The picture, and the one that is laid over it: both are what is judged. */
  #images: readonly HTMLImageElement[] = [];

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  /** Why nothing can be said of it yet, or at all; null when it is shown. */
  fault(): string | null {
    const sights = this.#images.map(sightOf);
    return unseen((["failed", "loading", "shown"] as const).find((sight: Sight) => sights.includes(sight)) ?? "failed");
  }

  /** Make it anew, as the element's attributes say now. */
  shown(): Node {
    const image = create("img", { src: this.#element.getAttribute("src") ?? "", alt: "Image to classify" });
    const figure = create("div", { className: "pictured" }, image);
    const overlay = parseAttribute("overlay", this.#element.getAttribute("overlay"));
    const { boundingBox, semanticSegmentation } = isRecord(overlay) ? overlay : {};
    this.#images = [image];
    if (isRecord(semanticSegmentation)) {
      const over = create("img", { className: "over", src: String(semanticSegmentation["src"] ?? ""), alt: "" });
      this.#images = [image, over];
      figure.append(over);
    }
    for (const one of this.#images) {
      const look = () => sightOf(one) === "failed" && figure.replaceChildren(create("p", { className: "notice", role: "alert" }, UNSEEN));
      one.addEventListener("error", look);
      one.addEventListener("load", look);
      // An empty address brings no event in every browser.
      look();
    }
    if (isRecord(boundingBox) && Array.isArray(boundingBox["value"])) {
      const boxes = boundingBox["value"].filter(isRecord);
      image.addEventListener("load", () => sightOf(image) === "shown" && figure.append(...boxes.map((box) => boxOver(image, box))));
    }
    return figure;
  }
}

/** Of a target that is pictures and no text, one at least has to be seen; beside a text they illustrate. */
export function targetFault(target: Element | null): string | null {
  const images = target && !target.textContent?.trim() ? [...target.querySelectorAll("img")] : [];
  const sights = images.map(sightOf);
  return sights.length === 0 || sights.includes("shown") ? null : unseen(sights.includes("loading") ? "loading" : "failed");
}

function boxOver(image: HTMLImageElement, box: Record<string, unknown>): Node {
  const [width, height] = [image.naturalWidth / 100, image.naturalHeight / 100];
  const shown = create("div", { className: "over box" }, create("span", {}, String(box["label"] ?? "")));
  shown.style.inset = `${Number(box["top"]) / height}% auto auto ${Number(box["left"]) / width}%`;
  shown.style.width = `${Number(box["width"]) / width}%`;
  shown.style.height = `${Number(box["height"]) / height}%`;
  return shown;
}

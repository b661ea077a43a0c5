// A few icons of our own under the names that templates use; any other name shows as a dot.
import { CrowdElement } from "../element/base.ts";

const PATHS: Readonly<Record<string, string>> = {
  add: "M12 5v14M5 12h14",
  check: "M5 12l5 5 9-11",
  close: "M6 6l12 12M18 6L6 18",
  delete: "M5 7h14M10 4h4M7 7l1 13h8l1-13",
  "arrow-back": "M20 12H5M11 6l-6 6 6 6",
  "arrow-forward": "M4 12h15M13 6l6 6-6 6",
  help: "M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2M12 18v.5",
  info: "M12 10v8M12 6v.5",
  favorite: "M12 20S4 15 4 9a4 4 0 0 1 8-1 4 4 0 0 1 8 1c0 6-8 11-8 11z",
  "question-answer": "M4 5h12v9H9l-5 4z M18 9h2v11l-4-3h-6",
  refresh: "M19 12a7 7 0 1 1-2-5l2 2M19 4v5h-5",
  "report-problem": "M12 4l9 16H3zM12 10v5M12 17v.5",
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5L20 20",
  settings: "M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4",
  star: "M12 4l2.5 5.5 6 .6-4.5 4 1.300 6L12 17l-5.300 3.100 1.300-6-4.500-4 6-.6z",
  "thumb-up": "M4 11h3v9H4zM7 11l4-7c2 0 2 2 1.500 6H19l-2 10H7",
  "thumb-down": "M4 4h3v9H4zM7 13l4 7c2 0 2-2 1.500-6H19L17 4H7",
  warning: "M12 4l9 16H3zM12 10v5M12 17v.5",
};

const SVG = "http://www.w3.org/2000/svg";

/** An icon by name, or the picture at an address; decoration, so it has no name of its own. */
export function icon(name: string): Element {
  if (/[/:.]/.test(name)) {
    const image = document.createElement("img");
    image.src = name;
    image.alt = "";
    image.className = "icon";
    return image;
  }
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name.replace(/^icons:/, "")] ?? "M12 10a2 2 0 1 1 0 4 2 2 0 0 1 0-4z");
  svg.append(path);
  return svg;
}

/** `<iron-icon icon="search">`, which templates put into buttons. */
export class IronIcon extends CrowdElement {
  protected make(): void {
    this.root.append(icon(this.text("icon")));
  }
}

// What the elements for texts that models are trained with share: instructions in an attribute, and an
// answer that has no name where the template gives none.
import type { Entry } from "../form/answer.ts";
import { create } from "../element/base.ts";
import type { Json } from "../element/json.ts";
import { Widget } from "../widget/widget.ts";

export abstract class GenerationWidget extends Widget {
  abstract override get _submittableValue(): { readonly [key: string]: Json };

  protected override make(): void {
    const instructions = this.text("instructions").trim();
    if (instructions && !this.querySelector("short-instructions")) {
      const region = create("div", {}, instructions.split("\n").map((line) => line.trim()).join("\n"));
      region.style.whiteSpace = "pre-line";
      const holder = document.createElement("short-instructions");
      holder.append(region);
      this.append(holder);
    }
    super.make();
  }

  /** Under the name, as documented; without one its keys stand in the answer themselves, as AWS's samples read them. */
  override entries(): Entry[] {
    if (this.name !== "") return super.entries();
    return Object.entries(this._submittableValue).map(([name, value]) => ({ name, value }));
  }
}

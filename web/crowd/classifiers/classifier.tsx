// crowd-classifier and its kin: radio buttons or check boxes beside what is classified.
import { render } from "preact";
import { create } from "../element/base.ts";
import { choose, type Categories } from "./choice.ts";
import { makeDialog, makeTrigger } from "../display/dialogs.ts";
import { exclusionOf, isRecord, labelsOf, parseAttribute, type Json } from "../element/json.ts";
import { Picture, targetFault } from "./picture.ts";
import { labelKey, submitPlace, Widget } from "../widget/widget.ts";

abstract class Classifier extends Widget {
  static observedAttributes = ["categories", "src"];
  protected readonly several: boolean = false;
  protected override readonly hasSubmitPlace = true;
  protected chosen: readonly string[] = [];
  #all: Categories = { names: [], several: false, exclusion: null };
  #picker = create("div", { className: "category-picker-wrapper" });
  #group = create("div");
  #target = create("div", { className: "target" });
  #comment: HTMLTextAreaElement | null = null;

  protected override make(): void {
    super.make();
    this.#target.append(this.target());
    this.#picker.append(this.#group);
    const comment = this.querySelector("worker-comment");
    if (comment) this.#picker.append(...this.#commentOn(comment));
    this.#picker.append(create("p", { className: "quiet keys" }, "Keys: number, then Enter"));
    this.area.classList.add("beside");
    // Templates put further questions after the picker: the button comes after them.
    this.area.append(this.#target, create("div", { className: "side" }, this.#picker, submitPlace()));
    this.update();
  }

  protected override update(): void {
    const parsed = parseAttribute("categories", this.getAttribute("categories"));
    this.categories = labelsOf("categories", parsed).map(({ label }) => label);
    this.#target.replaceChildren(this.target());
  }

  /** What is classified. */
  protected target(): Node {
    return create("slot", { name: "classification-target" });
  }

  get categories(): readonly string[] {
    return this.#all.names;
  }

  set categories(names: readonly string[]) {
    const exclusion = this.several ? exclusionOf(this.getAttribute("exclusion-category")) : null;
    const all = exclusion === null || names.includes(exclusion) ? names : [...names, exclusion];
    this.#all = { names: [...all], several: this.several, exclusion };
    this.chosen = this.chosen.filter((name) => all.includes(name));
    this.#draw();
  }

  override focus(): void {
    this.#group.querySelector("input")?.focus();
  }

  reset(): void {
    this.chosen = [];
    if (this.#comment) this.#comment.value = "";
    this.#draw();
  }

  draft(): Json | undefined {
    const comment = this.#comment?.value ?? "";
    return this.chosen.length === 0 && comment === "" ? undefined : { chosen: [...this.chosen], comment };
  }

  restore(draft: Json): void {
    if (!isRecord(draft)) return;
    const { chosen, comment } = draft;
    if (Array.isArray(chosen)) this.chosen = this.#all.names.filter((name) => chosen.includes(name)).slice(0, this.several ? undefined : 1);
    if (this.#comment && typeof comment === "string") this.#comment.value = comment;
    this.#draw();
  }

  protected override fault(): string | null {
    const unseenTarget = targetFault(this.querySelector("classification-target"));
    if (unseenTarget !== null) return unseenTarget;
    return this.chosen.length > 0 || this.#all.names.length === 0 ? null : "please choose a category.";
  }

  protected override pressed(event: KeyboardEvent): boolean {
    const at = labelKey(event);
    const name = at === null ? undefined : this.#all.names[at];
    if (at === null || name === undefined) return false;
    this.#choose(name);
    this.#group.querySelectorAll("input")[at]?.focus();
    return true;
  }

  protected comment(): { workerComment?: string } {
    const text = this.#comment?.value.trim() ?? "";
    return text === "" ? {} : { workerComment: text };
  }

  #choose(name: string): void {
    this.chosen = choose(this.#all, this.chosen, name);
    this.#draw();
    this.tellChange();
  }

  #draw(): void {
    const { names } = this.#all;
    const rows = names.map((name, index) => (
      <label class="category" key={name}>
        <input
          type={this.several ? "checkbox" : "radio"}
          name="category"
          checked={this.chosen.includes(name)}
          onChange={() => this.#choose(name)}
        />
        <span>{name}</span>
        {index < 10 && <kbd aria-hidden="true">{(index + 1) % 10}</kbd>}
      </label>
    ));
    const legend = this.several ? "Choose all that apply" : "Choose one";
    render(
      <fieldset>
        <legend>{legend}</legend>
        {rows}
      </fieldset>,
      this.#group,
    );
  }

  *#commentOn(region: Element): Generator<HTMLElement> {
    const header = region.getAttribute("header") || "Add a comment";
    const area = create("textarea", { rows: "4", placeholder: region.getAttribute("placeholder") ?? "" });
    area.setAttribute("aria-label", header);
    this.#comment = area;
    const dialog = makeDialog(header, create("div", {}, region.textContent ?? "", area));
    yield makeTrigger(region.getAttribute("link-text") || "Add a comment", "link", dialog);
    yield dialog;
  }
}

export class CrowdClassifier extends Classifier {
  get _submittableValue(): Json | undefined {
    const [label] = this.chosen;
    return label === undefined ? undefined : { label, ...this.comment() };
  }

  /** The chosen category itself: what templates read when it changes. */
  override get value(): string {
    return this.chosen[0] ?? "";
  }
}

export class CrowdClassifierMultiSelect extends Classifier {
  protected override readonly several = true;

  get _submittableValue(): Json | undefined {
    return this.chosen.length === 0 ? undefined : { labels: [...this.chosen], ...this.comment() };
  }
}

export class CrowdImageClassifier extends CrowdClassifier {
  #picture = new Picture(this);

  protected override target(): Node {
    return this.#picture.shown();
  }

  protected override fault(): string | null {
    return this.#picture.fault() ?? super.fault();
  }
}

export class CrowdImageClassifierMultiSelect extends CrowdClassifierMultiSelect {
  #picture = new Picture(this);

  protected override target(): Node {
    return this.#picture.shown();
  }

  protected override fault(): string | null {
    return this.#picture.fault() ?? super.fault();
  }
}

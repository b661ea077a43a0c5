// crowd-text-ranking: several responses to one text, ranked in one or more dimensions.
// https://docs.aws.amazon.com/sagemaker/latest/dg/sms-ui-template-crowd-html-elements-v2.html
import { render } from "preact";
import { dimensionsOf, ranked, readRanks, type Dimension, type Ranks } from "./ranks.ts";
import { GenerationWidget } from "./generation.ts";
import { begin, change, historyKey, redo, undo, type History } from "../widget/history.ts";
import { isRecord, parseAttribute, type Json } from "../element/json.ts";
import { Tools } from "../widget/picker.tsx";

const KEYS = [
  "Tab to a response's ranks, arrow keys choose one; 1 to 9 on them: that rank",
  "Ctrl+Z, Ctrl+Shift+Z: undo, redo",
];

export class CrowdTextRanking extends GenerationWidget {
  #dimensions: readonly Dimension[] = [];
  #responses: readonly string[] = [];
  #initial: readonly Ranks[] = [];
  /** Of each dimension, the ranks of the responses. */
  #ranks: History<readonly Ranks[]> = begin([]);
  #said = "";
  #mount = document.createElement("div");

  protected override make(): void {
    super.make();
    this.area.append(this.#mount);
    this.#dimensions = dimensionsOf(parseAttribute("ordinal-ranking-dimensions", this.getAttribute("ordinal-ranking-dimensions")));
    const responses = parseAttribute("responses", this.getAttribute("responses"));
    if (!Array.isArray(responses)) throw new Error("attribute responses is not a JSON array");
    this.#responses = responses.map((one: unknown) => (typeof one === "string" ? one : JSON.stringify(one)));
    this.#initial = this.#read(parseAttribute("initial-value", this.getAttribute("initial-value")));
    this.reset();
  }

  protected override heading(): string {
    return super.heading() || "Rank the responses";
  }

  protected loaded(): void {
    this.#draw();
  }

  #read(value: unknown): readonly Ranks[] {
    const given = isRecord(value) && Array.isArray(value["ordinalRankingDimensions"]) ? value["ordinalRankingDimensions"] : [];
    return this.#dimensions.map(({ name, allowTie }) => {
      const found = given.filter(isRecord).find((one) => one["name"] === name);
      return readRanks(found?.["responseRankings"], this.#responses.length, allowTie);
    });
  }

  get _submittableValue(): { readonly [key: string]: Json } {
    return {
      ordinalRankingDimensions: this.#dimensions.map(({ name }, index) => ({
        name,
        responseRankings: [...(this.#ranks.present[index] ?? [])],
      })),
    };
  }

  reset(): void {
    this.#ranks = begin(this.#initial);
    this.#said = "";
    this.#draw();
  }

  draft(): Json | undefined {
    return this.#ranks.present === this.#initial ? undefined : this._submittableValue;
  }

  restore(draft: Json): void {
    this.#ranks = change(begin(this.#initial), this.#read(draft));
    this.#draw();
  }

  override focus(): void {
    const gap = this.#gap();
    this.#mount.querySelector<HTMLElement>(`input[data-at="${gap?.dimension ?? 0}-${gap?.response ?? 0}-1"]`)?.focus();
  }

  #gap(): { dimension: number; response: number } | null {
    for (const [dimension, ranks] of this.#ranks.present.entries()) {
      const response = ranks.indexOf(null);
      if (response >= 0) return { dimension, response };
    }
    return null;
  }

  protected override fault(): string | null {
    const gap = this.#gap();
    const fault = super.fault();
    if (fault !== null) return fault;
    return gap && `please rank response ${gap.response + 1} for ${this.#dimensions[gap.dimension]?.name ?? ""}.`;
  }

  protected override pressed(event: KeyboardEvent): boolean {
    const direction = historyKey(event);
    if (direction !== 0) {
      this.#step(direction);
      return true;
    }
    const at = event.target === this ? (event.composedPath()[0] as Element).getAttribute("data-at") : null;
    const [dimension, response] = at?.split("-").map(Number) ?? [];
    const rank = Number(event.key);
    if (dimension === undefined || response === undefined || !/^[1-9]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return false;
    if (rank > this.#responses.length) return false;
    this.#rank(dimension, response, rank);
    this.#mount.querySelector<HTMLElement>(`input[data-at="${dimension}-${response}-${rank}"]`)?.focus();
    return true;
  }

  #step(direction: -1 | 1): void {
    const ranks = direction < 0 ? undo(this.#ranks) : redo(this.#ranks);
    if (ranks === this.#ranks) return;
    this.#ranks = ranks;
    this.#said = direction < 0 ? "Undone" : "Redone";
    this.#draw();
    this.tellChange();
  }

  #rank(dimension: number, response: number, rank: number): void {
    const before = this.#ranks.present[dimension];
    const { name, allowTie } = this.#dimensions[dimension] ?? { name: "", allowTie: false };
    if (!before || before[response] === rank) return;
    const after = ranked(before, response, rank, allowTie);
    const moved = after.findIndex((other, index) => index !== response && other !== before[index]);
    const also = moved < 0 ? "" : `; response ${moved + 1} is now ${after[moved] === null ? "without a rank" : `rank ${after[moved]}`}`;
    this.#ranks = change(this.#ranks, this.#ranks.present.with(dimension, after));
    this.#said = `${name}: response ${response + 1} is rank ${rank}${also}`;
    this.#draw();
    this.tellChange();
  }

  #draw(): void {
    const { past, future } = this.#ranks;
    const actions = [
      { text: "Undo", off: past.length === 0, run: () => this.#step(-1) },
      { text: "Redo", off: future.length === 0, run: () => this.#step(1) },
    ];
    const ties = this.#dimensions.map(({ name, allowTie }) => `${name}: ${allowTie ? "ties are allowed" : "no ties"}`);
    render(
      <div class="tool">
        <Tools actions={actions} keys={KEYS} />
        <p class="quiet">{`Rank 1 is the best. ${ties.join("; ")}.`}</p>
        <section class="prompt" aria-label="Text">
          <div class="read">{this.shown}</div>
        </section>
        <ol class="responses">
          {this.#responses.map((text, response) => (
            <li key={response} class="pair">
              <h2 class="heading">{`Response ${response + 1}`}</h2>
              <div class="read">{text}</div>
              <div class="rows">
                {this.#dimensions.map((one, dimension) => this.#row(one, dimension, response))}
              </div>
            </li>
          ))}
        </ol>
        <p class="said" role="status">{this.#said}</p>
      </div>,
      this.#mount,
    );
  }

  #row({ name }: Dimension, dimension: number, response: number) {
    const chosen = this.#ranks.present[dimension]?.[response] ?? null;
    return (
      <fieldset key={dimension} class="ranks">
        <legend>{name}</legend>
        {this.#responses.map((_, index) => (
          <label key={index} class="rank">
            <input
              type="radio"
              name={`${dimension}-${response}`}
              data-at={`${dimension}-${response}-${index + 1}`}
              aria-label={`Response ${response + 1}, ${name}: rank ${index + 1}`}
              checked={chosen === index + 1}
              onChange={() => this.#rank(dimension, response, index + 1)}
            />
            <span aria-hidden="true">{index + 1}</span>
          </label>
        ))}
      </fieldset>
    );
  }
}

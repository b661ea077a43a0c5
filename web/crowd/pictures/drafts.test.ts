import fc from "fast-check";
import { expect, test } from "vitest";
import { drafted, drawing, restored, stepped } from "./drawing.ts";

const point = fc.record({ x: fc.nat(500), y: fc.nat(500) });
const shape = fc.record({ label: fc.constantFrom("cat", "dog"), points: fc.array(point, { minLength: 1, maxLength: 5 }) });
const LABELS = ["cat", "dog"];

test("what was drawn comes back, finished or not, and can be undone to what was there at first", () => {
  fc.assert(
    fc.property(fc.array(shape), fc.array(shape), fc.array(point), fc.nat(1), (initial, shapes, draft, label) => {
      const drawn = { ...drawing(initial), shapes: drawing(shapes).shapes, draft, label };
      const kept = drafted(drawn, initial);
      const back = restored(initial, JSON.parse(JSON.stringify(kept)), LABELS);
      expect([back.shapes.present, back.draft, back.label]).toEqual([shapes, draft, label]);
      expect(stepped({ ...back, draft: [] }, -1).shapes.present).toBe(initial);
    }),
  );
});

test("what is untouched needs no draft, and what no longer fits is left out", () => {
  expect(drafted(drawing([]), [])).toEqual({ shapes: [], begun: [], label: 0 });
  const initial = [{ label: "cat", points: [{ x: 1, y: 2 }] }];
  expect(drafted(drawing(initial), initial)).toBeUndefined();
  const gone = { shapes: [{ label: "wolf", points: [[1, 2]] }, { label: "dog", points: [["a", 2]] }, 7], begun: "x", label: 9 };
  const back = restored(initial, gone, LABELS);
  expect([back.shapes.present, back.draft, back.label]).toEqual([[], [], 0]);
  fc.assert(fc.property(fc.jsonValue(), (draft) => void restored(initial, draft as never, LABELS)));
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { closed, drawing, placed, stepped, type Setting } from "./drawing.ts";
import { answered, corners, crosses, handles, initialShapes, moved, reshaped, type Point, type Tool } from "./shapes.ts";

const size = { width: 200, height: 100 };
const anywhere = fc.record({ x: fc.double({ min: -500, max: 500, noNaN: true }), y: fc.double({ min: -500, max: 500, noNaN: true }) });

function fits({ x, y }: Point): boolean {
  return Number.isInteger(x) && Number.isInteger(y) && x >= 0 && y >= 0 && x <= size.width && y <= size.height;
}

test("a box has whole pixels inside the image and sides above zero, whichever way it is drawn, moved or resized", () => {
  fc.assert(
    fc.property(anywhere, anywhere, anywhere, fc.nat(3), (a, b, c, handle) => {
      const drawn = { label: "x", points: corners(a, b, size) };
      for (const shape of [drawn, moved(drawn, c, size), reshaped("box", drawn, handle, c, size)]) {
        const [low, high] = shape.points as [Point, Point];
        expect(shape.points.every(fits)).toBe(true);
        expect(high.x - low.x).toBeGreaterThan(0);
        expect(high.y - low.y).toBeGreaterThan(0);
      }
    }),
  );
});

test("moving keeps a shape's form", () => {
  const shape = { label: "x", points: [{ x: 10, y: 10 }, { x: 30, y: 20 }, { x: 15, y: 40 }] };
  expect(moved(shape, { x: -50, y: 7 }, size).points).toEqual([{ x: 0, y: 17 }, { x: 20, y: 27 }, { x: 5, y: 47 }]);
});

test("a box is resized by the corner opposite to the one that stays", () => {
  const box = { label: "x", points: [{ x: 10, y: 10 }, { x: 30, y: 20 }] };
  expect(handles("box", box)[3]).toEqual({ x: 10, y: 20 });
  expect(reshaped("box", box, 3, { x: 5, y: 50 }, size).points).toEqual([{ x: 5, y: 10 }, { x: 30, y: 50 }]);
});

test("answers are read again as initial values", () => {
  const made = (tool: Tool, points: Point[]): unknown => {
    const { boundingBoxes, keypoints, polygons } = answered(tool, [{ label: "x", points }], size);
    return boundingBoxes ?? keypoints ?? polygons;
  };
  const cases: [Tool, Point[]][] = [
    ["box", [{ x: 1, y: 2 }, { x: 4, y: 8 }]],
    ["keypoint", [{ x: 1, y: 2 }]],
    ["polygon", [{ x: 1, y: 2 }, { x: 4, y: 8 }, { x: 9, y: 3 }]],
  ];
  for (const [tool, points] of cases) {
    expect(initialShapes(tool, made(tool, points), ["x"])).toEqual([{ label: "x", points }]);
    expect(initialShapes(tool, made(tool, points), ["y"])).toEqual([]);
    expect(initialShapes(tool, [{ label: "x" }], ["x"])).toEqual([]);
  }
});

const square = [{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 10 }];

test("a polygon's lines may meet in its points, and not elsewhere", () => {
  expect(crosses(square, { x: 5, y: -5 })).toBe(true);
  expect(crosses(square, { x: 0, y: 10 })).toBe(false);
  expect(crosses(square, { x: 0, y: 0 })).toBe(false);
});

const setting: Setting = { tool: "polygon", size, labels: ["pond"] };

test("undo takes back a polygon's points one by one, then whole shapes; redo brings shapes back", () => {
  const drawn = square.reduce((state, point) => placed(state, setting, point), drawing([]));
  expect(stepped(drawn, -1).draft).toEqual(square.slice(0, 2));
  const done = closed(drawn, setting);
  expect(done.shapes.present).toEqual([{ label: "pond", points: square }]);
  expect(stepped(done, -1).shapes.present).toEqual([]);
  expect(stepped(stepped(done, -1), 1).shapes.present).toEqual(done.shapes.present);
});

test("a polygon of two points is not finished, and says why", () => {
  const drawn = square.slice(0, 2).reduce((state, point) => placed(state, setting, point), drawing([]));
  expect(closed(drawn, setting)).toMatchObject({ draft: square.slice(0, 2), said: "A polygon needs three points" });
});

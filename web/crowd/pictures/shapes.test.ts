import fc from "fast-check";
import { expect, test } from "vitest";
import { closed, drawing, placed, stepped, type Setting } from "./drawing.ts";
import { initialShapes } from "./initial.ts";
import { answered, corners, crosses, handles, KEYS, moved, reshaped, type Point, type Tool } from "./shapes.ts";

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

test("answers are read again as initial values, alone or in their object", () => {
  const cases: [Tool, Point[]][] = [
    ["box", [{ x: 1, y: 2 }, { x: 4, y: 8 }]],
    ["keypoint", [{ x: 1, y: 2 }]],
    ["line", [{ x: 1, y: 2 }, { x: 4, y: 8 }]],
    ["polygon", [{ x: 1, y: 2 }, { x: 4, y: 8 }, { x: 9, y: 3 }]],
    ["polyline", [{ x: 1, y: 2 }, { x: 4, y: 8 }, { x: 1, y: 2 }, { x: 9, y: 3 }]],
  ];
  for (const [tool, points] of cases) {
    const answer = answered(tool, [{ label: "x", points }], size);
    const whole = { shapes: [{ label: "x", points }], leftOut: [], cut: [] };
    expect(initialShapes(tool, answer, ["x"], size)).toEqual(whole);
    expect(initialShapes(tool, answer[KEYS[tool]], ["x"], null)).toEqual(whole);
  }
});

const boxAt = (left: unknown, top: unknown, width: unknown, height: unknown, label: unknown = "x") => ({ left, top, width, height, label });

test("of an initial value what has no part in the image, or no label, is left out with its reason", () => {
  const bad = [
    [boxAt(5000, 10, 50, 50), "outside of the image"],
    [boxAt(-50, 10, 50, 50), "outside of the image"],
    [boxAt(1, 1, 5, 5, "X"), "its label is not among those to choose from"],
    [boxAt(1, 1, 0, 5), "no label, or no numbers for its left, top, width and height"],
    [boxAt(1, 1, "", 5), "no label, or no numbers for its left, top, width and height"],
    [boxAt(null, 1, 5, 5), "no label, or no numbers for its left, top, width and height"],
    [boxAt(1, 1, 5, 5, 7), "no label, or no numbers for its left, top, width and height"],
    ["box", "no label, or no numbers for its left, top, width and height"],
  ] as const;
  const found = initialShapes("box", [...bad.map(([item]) => item), boxAt("1", " 2 ", 0.4, 3)], ["x"], size);
  expect(found.leftOut).toEqual(bad.map(([item, reason]) => ({ reason, item })));
  expect(found.shapes).toEqual([{ label: "x", points: [{ x: 1, y: 2 }, { x: 1.4, y: 5 }] }]);
  expect(found.cut).toEqual([]);
  expect(initialShapes("line", { labels: [] }, ["x"], size).leftOut).toEqual([{ reason: "not a list of shapes", item: { labels: [] } }]);
  expect(initialShapes("polygon", undefined, ["x"], size)).toEqual({ shapes: [], leftOut: [], cut: [] });
});

test("what goes over the edge of the image is cut there, and told", () => {
  const over = boxAt(-20, -20, 100, 100);
  const { shapes, cut } = initialShapes("box", [over, boxAt(190, 90, 10, 10)], ["x"], size);
  expect(shapes.map(({ points }) => points)).toEqual([
    [{ x: 0, y: 0 }, { x: 80, y: 80 }],
    [{ x: 190, y: 90 }, { x: 200, y: 100 }],
  ]);
  expect(cut).toEqual([over]);
});

test("nothing that is given is forgotten, and what is shown lies in the image", () => {
  const near = fc.oneof(fc.integer({ min: -300, max: 300 }), fc.double(), fc.string());
  const shape = fc.record({ label: fc.constantFrom("x", "y"), left: near, top: near, width: near, height: near, x: near, y: near });
  const tools = fc.constantFrom<Tool>("box", "keypoint");
  fc.assert(
    fc.property(tools, fc.array(fc.oneof(shape, fc.jsonValue())), (tool, given) => {
      const { shapes, leftOut } = initialShapes(tool, given, ["x"], size);
      expect(shapes.length + leftOut.length).toBe(given.length);
      for (const { x, y } of shapes.flatMap(({ points }) => points)) expect(x >= 0 && y >= 0 && x <= size.width && y <= size.height).toBe(true);
    }),
  );
});

const square = [{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 10 }];

test("a polygon's lines may meet in its points, and not elsewhere", () => {
  expect(crosses(square, { x: 5, y: -5 })).toBe(true);
  expect(crosses(square, { x: 0, y: 10 })).toBe(false);
  expect(crosses(square, { x: 0, y: 0 })).toBe(false);
});

const setting: Setting = { tool: "polygon", size, labels: ["pond"], colours: [] };

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

test("a polyline may cross itself and come back; its last point again ends it", () => {
  const lines: Setting = { ...setting, tool: "polyline" };
  const way = [{ x: 0, y: 0 }, { x: 10, y: 10 }, { x: 10, y: 0 }, { x: 0, y: 10 }, { x: 0, y: 0 }];
  const drawn = [...way, { x: 0, y: 0 }].reduce((state, point) => placed(state, lines, point), drawing([]));
  expect(drawn.shapes.present).toEqual([{ label: "pond", points: way }]);
  expect(closed(placed(drawn, lines, { x: 5, y: 5 }), lines)).toMatchObject({ draft: [{ x: 5, y: 5 }], said: "A line needs two points" });
});

test("a line has two ends, which may not be one point", () => {
  const lines: Setting = { ...setting, tool: "line" };
  const drawn = [{ x: 3, y: 3 }, { x: 3, y: 3 }, { x: 9, y: 1 }].reduce((state, point) => placed(state, lines, point), drawing([]));
  expect(drawn.shapes.present).toEqual([{ label: "pond", points: [{ x: 3, y: 3 }, { x: 9, y: 1 }] }]);
});

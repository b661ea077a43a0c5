// The picture of the page: fitted, zoomed, panned and turned; the text stays usable without it.
//
// Panning is scrolling, so that scrollbars, arrow keys, touch and dragging all do it.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { Button } from "./button.tsx";

const STEP = 1.25;
const MOST = 12;

type Loading = "loading" | "loaded" | "failed";

export function PageImage({ src, name }: { src: string; name: string }) {
  const [attempt, setAttempt] = useState(0);
  const [loading, setLoading] = useState<Loading>("loading");
  const [natural, setNatural] = useState<readonly [number, number]>([1, 1]);
  const [room, setRoom] = useState<readonly [number, number]>([1, 1]);
  const [zoom, setZoom] = useState(1);
  const [turn, setTurn] = useState(0);
  const [held, setHeld] = useState(false);
  const view = useRef<HTMLDivElement>(null);
  /** The point of the picture (0..1 both ways) that zooming keeps in place, and where it is shown. */
  const anchor = useRef<readonly [number, number, number, number] | null>(null);

  const sideways = turn % 180 !== 0;
  const [wide, high] = sideways ? [natural[1], natural[0]] : natural;
  const fit = Math.min(room[0] / wide, room[1] / high);
  const width = wide * fit * zoom;
  const height = high * fit * zoom;

  useEffect(() => {
    const element = view.current!;
    const observer = new ResizeObserver(() => setRoom([element.offsetWidth, element.offsetHeight]));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const zoomBy = (factor: number, x = room[0] / 2, y = room[1] / 2) => {
    const { scrollLeft, scrollTop } = view.current!;
    anchor.current = [(scrollLeft + x) / Math.max(width, room[0]), (scrollTop + y) / Math.max(height, room[1]), x, y];
    setZoom(Math.min(MOST, Math.max(1, zoom * factor)));
  };
  useLayoutEffect(() => {
    if (!anchor.current) return;
    const [across, down, x, y] = anchor.current;
    anchor.current = null;
    view.current!.scrollTo(across * Math.max(width, room[0]) - x, down * Math.max(height, room[1]) - y);
  }, [zoom]);

  // Preact listens passively to the wheel, which could not keep the page from scrolling.
  useEffect(() => {
    const onWheel = (event: WheelEvent) => {
      if (event.shiftKey || !event.deltaY || loading !== "loaded") return;
      const box = view.current!.getBoundingClientRect();
      event.preventDefault();
      zoomBy(event.deltaY < 0 ? STEP : 1 / STEP, event.clientX - box.left, event.clientY - box.top);
    };
    const element = view.current!;
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  });

  const turnBy = (degrees: number) => () => setTurn((turn + degrees) % 360);
  const reset = () => {
    setZoom(1);
    setTurn(0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      "+": () => zoomBy(STEP), "=": () => zoomBy(STEP), "-": () => zoomBy(1 / STEP), "0": reset,
      r: turnBy(90), R: turnBy(270),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const onPointerDown = (event: PointerEvent) => {
    // Where there is nothing to pan, the pointer belongs to the button.
    if (event.button || event.pointerType === "touch" || loading !== "loaded") return;
    view.current!.setPointerCapture(event.pointerId);
    setHeld(true);
  };
  const onPointerMove = (event: PointerEvent) => {
    if (held) view.current!.scrollBy(-event.movementX, -event.movementY);
  };
  const pan = (x: number, y: number) => () => view.current!.scrollBy(x * room[0] / 3, y * room[1] / 3);

  const tool = (label: string, sign: string, act: () => void, disabled = false) => (
    <Button aria-label={label} title={label} onClick={act} aria-disabled={disabled}>{sign}</Button>
  );
  return (
    <>
      <div class="tools" role="toolbar" aria-label="Page image" hidden={loading !== "loaded"}>
        {tool("Zoom in", "+", () => zoomBy(STEP), zoom >= MOST)}
        {tool("Zoom out", "\u2212", () => zoomBy(1 / STEP), zoom <= 1)}
        {tool("Fit", "\u2922", reset)}
        {tool("Turn left", "\u21ba", turnBy(270))}
        {tool("Turn right", "\u21bb", turnBy(90))}
        {zoom > 1 && <>
          {tool("Move left", "\u2190", pan(-1, 0))}
          {tool("Move right", "\u2192", pan(1, 0))}
          {tool("Move up", "\u2191", pan(0, -1))}
          {tool("Move down", "\u2193", pan(0, 1))}
        </>}
        <span class="soft">{Math.round(zoom * 100)} %</span>
      </div>
      <div
        class={`picture ${held ? "held" : ""}`} ref={view} tabindex={0} role="group"
        aria-label="Page image: + and - zoom, arrow keys move, 0 fits, R turns"
        onKeyDown={onKeyDown} onPointerDown={onPointerDown} onPointerMove={onPointerMove}
        onPointerUp={() => setHeld(false)} onPointerCancel={() => setHeld(false)}
      >
        {loading !== "loaded" && (
          <div class="state" role="status">
            {loading === "loading" ? "The page image is loading\u2026" : <>
              <p>The page image ({name}) can't be shown. If you need it, decline or return.</p>
              <Button onClick={() => { setAttempt(attempt + 1); setLoading("loading"); }}>Try again</Button>
            </>}
          </div>
        )}
        {loading !== "failed" && (
          <div class="sheet" style={{ width: `${width}px`, height: `${height}px` }}>
            <img
              key={attempt} src={src} draggable={false} alt="The page of the text"
              style={{
                width: `${sideways ? height : width}px`, height: `${sideways ? width : height}px`,
                transform: `translate(-50%,-50%) rotate(${turn}deg)`,
              }}
              onLoad={(event) => {
                const { naturalWidth, naturalHeight } = event.currentTarget;
                setNatural([naturalWidth || 1, naturalHeight || 1]);
                setLoading("loaded");
              }}
              onError={() => setLoading("failed")}
            />
          </div>
        )}
      </div>
    </>
  );
}

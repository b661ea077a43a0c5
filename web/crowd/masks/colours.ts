// Colours of regions: one each, told apart in the PNG by nothing else.
import { colourOf } from "../widget/picker.tsx";

export interface Rgb {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** What is left of a picture: the colour that the service gives BACKGROUND in its own colour maps. */
export const BACKGROUND = "#ffffff";

/** Of two colours each channel may differ by as much, for browsers that blur what scripts read. */
const ALIKE = 8;

/** Read `#rrggbb`, `#rgb` or the same without `#`; null for anything else. */
export function rgbOf(colour: string): Rgb | null {
  const hex = /^\s*#?([0-9a-f]{3}|[0-9a-f]{6})\s*$/i.exec(colour)?.[1];
  if (hex === undefined) return null;
  const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex;
  const channel = (at: number): number => Number.parseInt(full.slice(at, at + 2), 16);
  return { red: channel(0), green: channel(2), blue: channel(4) };
}

/** Write a colour as `#rrggbb`, as the PNG's colours are named in the answer; null for no colour. */
export function hexOf(colour: string): string | null {
  const rgb = rgbOf(colour);
  if (rgb === null) return null;
  return `#${[rgb.red, rgb.green, rgb.blue].map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/** The first colour of ours that nobody has yet. */
export function freshColour(taken: ReadonlySet<string>): string {
  for (let index = 0; ; index += 1) {
    const colour = index < 10 ? colourOf(index) : turnedColour(index);
    if (!taken.has(colour) && colour !== BACKGROUND) return colour;
  }
}

/** Further colours: the golden angle apart on the wheel, in three lightnesses. */
function turnedColour(index: number): string {
  const hue = (index * 137.508) % 360;
  const light = [0.42, 0.55, 0.3][index % 3] ?? 0.42;
  const strength = 0.65 * Math.min(light, 1 - light);
  const channel = (offset: number): string => {
    const at = (offset + hue / 30) % 12;
    const part = light - strength * Math.max(-1, Math.min(at - 3, 9 - at, 1));
    return Math.round(255 * part).toString(16).padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

/** Find the colour of a list that a pixel has; -1 when it has none of them. */
export function nearest(colours: readonly (Rgb | null)[], red: number, green: number, blue: number): number {
  let [found, least] = [-1, 3 * ALIKE + 1];
  colours.forEach((colour, index) => {
    if (!colour) return;
    const apart = [colour.red - red, colour.green - green, colour.blue - blue].map(Math.abs);
    const sum = apart.reduce((one, other) => one + other, 0);
    if (Math.max(...apart) <= ALIKE && sum < least) [found, least] = [index, sum];
  });
  return found;
}

// A draft as the text that the portal keeps: JSON, packed where it is long (a mask, a long text).
import { isRecord, type Json } from "../element/json.ts";

/** What was filled in, by the fields' keys. */
export type Draft = { readonly [key: string]: Json };

/** By its beginning the portal tells a form's draft from one that a template keeps itself. */
const PLAIN = "lw-form/1 ";
const PACKED = "lw-form/1+gzip ";

/** As much as the portal takes, in UTF-16 units. */
export const MOST_UNITS = 4 * 1024 * 1024;
/** From this length on packing is worth its time, in UTF-16 units. */
export const LONG = 20_000;
/** What a short text could unpack to is bounded, in bytes. */
const MOST_UNPACKED = 64 * 1024 * 1024;

/** Write a draft; one that is short is there at once. */
export function encode(draft: Draft): string | Promise<string> {
  const json = JSON.stringify(draft);
  return json.length < LONG ? PLAIN + json : packed(json);
}

/** Read a draft that unpacks to so many bytes at most; null when it is none that this version has written. */
export async function decode(text: string, most = MOST_UNPACKED): Promise<Draft | null> {
  try {
    const json = text.startsWith(PACKED) ? await unpacked(text.slice(PACKED.length), most) : text.slice(PLAIN.length);
    const value: unknown = text.startsWith(PACKED) || text.startsWith(PLAIN) ? JSON.parse(json) : null;
    return isRecord(value) ? (value as Draft) : null;
  } catch {
    return null;
  }
}

async function packed(json: string): Promise<string> {
  const stream = new Blob([json]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = "";
  // As arguments of one call all of them would be too many.
  for (let at = 0; at < bytes.length; at += 32_768) binary += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return PACKED + btoa(binary);
}

async function unpacked(base64: string, most: number): Promise<string> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let [text, size] = ["", 0];
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > most) throw new RangeError("the draft unpacks to too much");
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}

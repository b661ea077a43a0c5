// Whether a worker sees the picture that they are asked about: nobody labels what they did not see.

/** A picture that is not there yet, is shown, or can't be: missing, empty, or of a foreign format. */
export type Sight = "loading" | "shown" | "failed";

/** What stands in the picture's place. */
export const UNSEEN =
  "The picture can't be shown, so this task can't be answered. Decline it, or return it for somebody else.";

/** Why an answer about a picture is refused; null when it is seen. */
export function unseen(sight: Sight): string | null {
  if (sight === "loading") return "the picture is still loading.";
  return sight === "failed" ? "nobody can label a picture that is not shown: decline the task, or return it." : null;
}

/** What a picture's element says now; an empty address loads nothing, and a picture has an extent. */
export function sightOf(image: HTMLImageElement): Sight {
  if (!image.getAttribute("src")?.trim()) return "failed";
  if (!image.complete) return "loading";
  return image.naturalWidth > 0 && image.naturalHeight > 0 ? "shown" : "failed";
}

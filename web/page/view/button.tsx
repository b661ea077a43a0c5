// A button of the page's own: inside the form, one without a type would send the answer.
import type { JSX } from "preact";

export function Button(props: JSX.IntrinsicElements["button"]) {
  return <button type="button" {...props} />;
}

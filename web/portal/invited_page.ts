// The way in: whoever comes by an invitation finds name and code filled in.
import { element } from "./dom.ts";
import { readInvitation } from "./invited.ts";

const invited = readInvitation(window.location.hash);
if (invited) {
  element<HTMLInputElement>("name").value = invited.name;
  const code = document.getElementById("code") as HTMLInputElement | null;
  if (code) code.value = invited.code;
  // Neither in the history nor over somebody's shoulder.
  history.replaceState(null, "", window.location.pathname);
  document.querySelector<HTMLButtonElement>("button.main")?.focus();
}

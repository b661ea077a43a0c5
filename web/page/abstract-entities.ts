// A text to mark beside the picture of its page.
import { startMarking } from "./marking.tsx";
import { PageImage } from "./view/image.tsx";

startMarking(PageImage);

// A text to mark, and no picture.
import { startMarking } from "./marking.tsx";

startMarking();

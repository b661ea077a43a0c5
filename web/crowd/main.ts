// Stand-in crowd elements: what Ground Truth's templates need of crowd-html-elements, offline.
// Behaviour after https://docs.aws.amazon.com/sagemaker/latest/dg/sms-ui-template-reference.html
import { CrowdButton, CrowdFab, CrowdIconButton } from "./form/buttons.ts";
import {
  CrowdClassifier,
  CrowdClassifierMultiSelect,
  CrowdImageClassifier,
  CrowdImageClassifierMultiSelect,
} from "./classifiers/classifier.tsx";
import { CrowdInstructions, CrowdModal, CrowdTab, CrowdTabs } from "./display/dialogs.ts";
import { keepDrafts } from "./drafts/keeper.ts";
import { CrowdEntityAnnotation } from "./text/entity.tsx";
import { CrowdQuestionAnswerGeneration } from "./text/questions.tsx";
import { CrowdTextRanking } from "./text/ranking.tsx";
import { CrowdForm } from "./form/form.ts";
import { IronIcon } from "./display/icons.ts";
import { CrowdBoundingBox, CrowdKeypoint, CrowdLine, CrowdPolygon, CrowdPolyline } from "./pictures/elements.ts";
import { CrowdInstanceSegmentation, CrowdSemanticSegmentation } from "./masks/elements.ts";
import { CrowdAlert, CrowdBadge, CrowdCard, CrowdToast } from "./display/messages.ts";
import page from "./page.css?raw";
import { embedded, watchErrors } from "./element/parent.ts";
import { watchKeys } from "./form/keys.ts";
import { watchReadiness } from "./element/ready.ts";
import { CrowdSlider, CrowdSliderLabel } from "./form/slider.ts";
import { CrowdCheckbox, CrowdRadioButton, CrowdRadioGroup, CrowdToggleButton } from "./form/switches.ts";
import { CrowdInput, CrowdTextArea } from "./form/inputs.ts";
import { watchUnknown } from "./form/unknown.ts";

/** The form first: it moves its children, which then are upgraded where they stay. */
const ELEMENTS: readonly (readonly [string, CustomElementConstructor])[] = [
  ["crowd-form", CrowdForm],
  ["crowd-alert", CrowdAlert],
  ["crowd-badge", CrowdBadge],
  ["crowd-bounding-box", CrowdBoundingBox],
  ["crowd-button", CrowdButton],
  ["crowd-card", CrowdCard],
  ["crowd-checkbox", CrowdCheckbox],
  ["crowd-classifier", CrowdClassifier],
  ["crowd-classifier-multi-select", CrowdClassifierMultiSelect],
  ["crowd-entity-annotation", CrowdEntityAnnotation],
  ["crowd-fab", CrowdFab],
  ["crowd-icon-button", CrowdIconButton],
  ["crowd-image-classifier", CrowdImageClassifier],
  ["crowd-image-classifier-multi-select", CrowdImageClassifierMultiSelect],
  ["crowd-input", CrowdInput],
  ["crowd-instance-segmentation", CrowdInstanceSegmentation],
  ["crowd-instructions", CrowdInstructions],
  ["crowd-keypoint", CrowdKeypoint],
  ["crowd-line", CrowdLine],
  ["crowd-modal", CrowdModal],
  ["crowd-polygon", CrowdPolygon],
  ["crowd-polyline", CrowdPolyline],
  ["crowd-question-answer-generation", CrowdQuestionAnswerGeneration],
  ["crowd-radio-button", CrowdRadioButton],
  ["crowd-radio-group", CrowdRadioGroup],
  ["crowd-semantic-segmentation", CrowdSemanticSegmentation],
  ["crowd-slider", CrowdSlider],
  ["crowd-slider-label", CrowdSliderLabel],
  ["crowd-tab", CrowdTab],
  ["crowd-tabs", CrowdTabs],
  ["crowd-text-area", CrowdTextArea],
  ["crowd-text-ranking", CrowdTextRanking],
  ["crowd-toast", CrowdToast],
  ["crowd-toggle-button", CrowdToggleButton],
  ["iron-icon", IronIcon],
];

function define(): void {
  for (const [name, element] of ELEMENTS) if (!customElements.get(name)) customElements.define(name, element);
  watchUnknown();
  watchKeys();
  if (embedded) keepDrafts((act) => CrowdForm.whileNothingIsSent(act));
}

const style = document.createElement("style");
style.textContent = page;
document.head.append(style);
watchErrors();
watchReadiness();
// As with the service's script, elements come to life when the page's own scripts have run.
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", define);
else define();

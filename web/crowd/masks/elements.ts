// crowd-semantic-segmentation and crowd-instance-segmentation.
// https://docs.aws.amazon.com/sagemaker/latest/dg/sms-ui-template-crowd-semantic-segmentation.html
// https://docs.aws.amazon.com/sagemaker/latest/dg/sms-ui-template-crowd-instance-segmentation.html
import type { Json } from "../element/json.ts";
import { Segmentation } from "./segmentation.tsx";
import type { Work } from "./work.ts";

/** Every label has one colour, whatever is painted with it. */
export class CrowdSemanticSegmentation extends Segmentation {
  protected readonly instances = false;

  protected mapping({ painting, labels }: Work): { readonly [key: string]: Json } {
    const shown = painting.regions.filter(({ label }) => labels.includes(label));
    return { labelMappings: Object.fromEntries(shown.map(({ label, colour }) => [label, { color: colour }])) };
  }
}

/** Every object has a colour of its own; a label may be that of several. */
export class CrowdInstanceSegmentation extends Segmentation {
  protected readonly instances = true;

  protected mapping(work: Work): { readonly [key: string]: Json } {
    return { instances: work.painted().map(({ label, colour }) => ({ color: colour, label })) };
  }
}

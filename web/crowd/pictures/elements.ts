// crowd-bounding-box, crowd-keypoint, crowd-line, crowd-polygon, crowd-polyline.
// https://docs.aws.amazon.com/sagemaker/latest/dg/sms-ui-template-reference.html
import { ImageTool } from "./image.tsx";

export class CrowdBoundingBox extends ImageTool {
  protected readonly tool = "box";
}

export class CrowdKeypoint extends ImageTool {
  protected readonly tool = "keypoint";
}

export class CrowdLine extends ImageTool {
  protected readonly tool = "line";
}

export class CrowdPolygon extends ImageTool {
  protected readonly tool = "polygon";
}

export class CrowdPolyline extends ImageTool {
  protected readonly tool = "polyline";
}

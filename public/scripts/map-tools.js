// The parts that work on a map which is there: selecting, calculating, encoding, paths, other planes of the space. Loaded once it is on the screen.

import { Compare } from "./compare/index.js";
import { Dimensions } from "./dimensions/index.js";
import { offerRenderers } from "./drawing.js";
import { EncodeTool } from "./encode/index.js";
import { pathMode } from "./path-mode.js";
import { setUpSelection } from "./selection/index.js";
import { Tray } from "./tray/index.js";

/** page: the map page. */
export function addMapTools(page) {
    page.drawing = offerRenderers(page.view, page.address, page.report);
    page.tools.add(pathMode(page.path));
    page.encoding = new EncodeTool(page);
    page.selection = setUpSelection(page);
    page.tray = new Tray(page);
    page.dimensions = new Dimensions(page);
    page.compare = new Compare(page);
    page.selection.use(page.cloud);
    page.view.frame.dataset.tools = "there";
}

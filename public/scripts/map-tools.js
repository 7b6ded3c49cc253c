// The parts that work on a map which is there: selecting, calculating, other planes of the space. Loaded once it is on the screen.

import { Dimensions } from "./dimensions/index.js";
import { setUpSelection } from "./selection/index.js";
import { Tray } from "./tray/index.js";

/** page: the map page. */
export function addMapTools(page) {
    page.selection = setUpSelection(page);
    page.tray = new Tray(page);
    page.dimensions = new Dimensions(page);
    page.selection.use(page.cloud);
    page.view.frame.dataset.tools = "there";
}

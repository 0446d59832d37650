/* The script of the console. Every page works without it: links navigate, forms post,
   ?decide=reject opens the reject panel on the server. It adds comforts, one file each:
   clocks, decision panels, change marks, keys, live fragments, choosing rows. */
import { startClocks } from "./clocks.js";
import { startPanels } from "./panels.js";
import { startChanges } from "./changes.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startRows } from "./rows.js";

startClocks();
startChanges();
startPanels();
startKeys();
startRows();
startLive();

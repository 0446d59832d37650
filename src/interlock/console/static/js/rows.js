/* Choosing rows of the queue, to decide several at once. */
import { $, $$, say } from "./page.js";

function count() {
  const chosen = $$("input[data-choose]:checked").length, bar = $("#bulk-bar");
  if (!bar) return;
  bar.hidden = !chosen;
  const said = $("#bulk-count");
  if (said) said.textContent = `${chosen} chosen`;
}

export function startRows() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[data-choose]")) count();
    if (event.target.matches("[data-choose-all]")) {
      for (const box of $$("input[data-choose]")) box.checked = event.target.checked;
      count();
      say(event.target.checked ? "All tasks shown are chosen" : "No task is chosen");
    }
    if (event.target.matches("[data-send]")) event.target.form?.requestSubmit();
  });
  count();
}

/* Decision panels: they dock above the decision bar, so the evidence stays readable. */
import { $, $$, say, recall, remember } from "./page.js";
import { changed, listChanges } from "./changes.js";

const panels = () => $$(".reason");
export const openPanel = () => panels().find((panel) => !panel.hidden);

function show(panel) {
  for (const each of panels()) each.hidden = each !== panel;
  for (const button of $$(".act[aria-controls]")) {
    button.setAttribute("aria-expanded", String(!!panel && button.getAttribute("aria-controls") === panel.id));
  }
  if (panel) $("input:not([type=hidden]), textarea, button", panel)?.focus();
}

/* Opening a panel takes the task, so that two people do not work on one; the decision itself takes
   it too, so nothing is lost when this fails. What is confirmed before the answer is here waits for
   it: its new version is part of the form, and the reader's own taking is no change to be told of. */
let taking = null;

async function take(form) {
  if (!form?.dataset.take || form.dataset.taken) return;
  form.dataset.taken = "1";
  try {
    const body = new URLSearchParams({ csrf: form.elements.csrf.value, task: form.elements.task.value });
    const answer = await fetch("/work/claim", { method: "POST", body, headers: { accept: "application/json" } });
    const { version, reason } = await answer.json();
    if (version) form.elements.version.value = version;
    else if (reason) say(reason);
  } catch { delete form.dataset.taken; }
}

/* A decision button was pressed, by hand or by key. */
export function act(button) {
  if (button.getAttribute("aria-disabled") === "true") return say($(":scope > span", button).textContent);
  const panel = document.getElementById(button.getAttribute("aria-controls"));
  if (button.value === "edit" && !changed().length && $(".fields .in:not([readonly])")) {
    $(".fields .in:not([readonly])").focus();
    return say("Change a field, then press Control Enter.");
  }
  if (button.value === "edit") listChanges();
  show(panel === openPanel() ? null : panel);
  taking ??= take($("#review")).finally(() => { taking = null; });
}

export function close() {
  const panel = openPanel();
  if (!panel) return false;
  show(null);
  $(`.act[aria-controls="${panel.id}"]`)?.focus();
  return true;
}

/* What was typed stays in the tab until it is recorded: an error or a lost line loses nothing. */
function keepTyped(form) {
  const name = `typed:${form.dataset.task}`;
  form.addEventListener("submit", () => remember("sent", name));
  const notes = $$("textarea[form=review], input.note[form=review]");
  if (recall("sent") === name && !form.dataset.again) { remember(name, ""); remember("sent", ""); }
  const before = JSON.parse(recall(name) || "{}");
  for (const note of notes) {
    if (!note.value && before[note.name]) note.value = before[note.name];
    note.addEventListener("input", () => {
      remember(name, JSON.stringify(Object.fromEntries(notes.map((each) => [each.name, each.value]))));
    });
  }
}

export function startPanels() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches(".act[aria-controls]")) { event.preventDefault(); act(button); }
    else if (button.dataset.close !== undefined) { event.preventDefault(); close(); }
    else if (button.dataset.copy) navigator.clipboard?.writeText(button.dataset.copy).then(() => say("Copied"));
  });
  document.addEventListener("submit", (event) => {
    if (taking && event.target.id === "review") {
      event.preventDefault();
      taking.then(() => event.target.requestSubmit(event.submitter));
      return;
    }
    if (event.target.dataset.busy) event.preventDefault(); // a second press sends nothing twice
    event.target.dataset.busy = "1";
    setTimeout(() => delete event.target.dataset.busy, 4000);
  });
  const form = $("#review");
  if (form) keepTyped(form);
  if (openPanel()) {
    listChanges();
    $("[aria-invalid=true], input:not([type=hidden]), textarea", openPanel())?.focus({ preventScroll: true });
  }
  $(".field .in[aria-invalid=true]")?.focus();
}

/* Keys. One letter each; they can be switched off (WCAG 2.1.4), and never fire while typing. */
import { $, $$, say, recall, remember } from "./page.js";
import { act, close, openPanel } from "./panels.js";
import { changed } from "./changes.js";

const VERBS = { a: "approve", e: "edit", r: "reject", x: "escalate", i: "ask" };
const TYPING = "textarea, select, input:not([type=radio]):not([type=checkbox])";
const keysOn = () => recall("keys") !== "off";
let gone = 0;

export function help() {
  const sheet = $("#help");
  if (sheet && !sheet.open) sheet.showModal();
}

const rows = () => $$(".q-row, [data-nav]");

function move(step) {
  const list = rows(), desk = list.findIndex((row) => row.getAttribute("aria-current") === "page");
  const at = list.includes(document.activeElement) ? list.indexOf(document.activeElement) : desk;
  const to = list[Math.max(0, Math.min(list.length - 1, at + step))];
  if (!to || to === list[at]) return;
  if (desk >= 0) to.click(); else to.focus();
}

function confirm(event) {
  const panel = openPanel(), edit = $(".act[value=edit]");
  if (panel) { event.preventDefault(); $(".confirm", panel)?.click(); }
  else if (changed().length && edit) { event.preventDefault(); act(edit); }
}

function pick(number) {
  const choice = $$(".pick input", openPanel() ?? document.createElement("i"))[number - 1];
  if (choice) { choice.checked = true; choice.focus(); }
}

function press(target) {
  if (target.matches("input, textarea, select")) target.focus();
  else if (target.getAttribute("aria-disabled") === "true") say(target.title || target.textContent);
  else target.click();
}

function look(key) {
  if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "f") ($(".field:is(.is-low, .by-ai) .in") ?? $(".fields .in"))?.focus();
  else if (key === "s") $("input[data-choose]", document.activeElement?.closest("li") ?? document.createElement("i"))?.click();
  else if (key === "d") {
    const docs = $$(".docs a");
    docs[(docs.findIndex((each) => each.hasAttribute("aria-current")) + 1) % docs.length]?.click();
  } else return false;
  return true;
}

function letter(event) {
  const after = Date.now() - gone < 1200;
  gone = event.key === "g" ? Date.now() : 0;
  const name = CSS.escape(event.key);
  const target = after ? $(`[data-go="${name}"]`) : $(`[data-key="${name}"]:not([hidden])`);
  const verb = !after && VERBS[event.key] && $(`.act[value="${VERBS[event.key]}"]`);
  if (target) { event.preventDefault(); press(target); }
  else if (verb) { event.preventDefault(); act(verb); }
  else if (look(event.key)) event.preventDefault();
}

export function startKeys() {
  for (const box of $$("[data-keys-on]")) {
    box.checked = keysOn();
    box.addEventListener("change", () => {
      remember("keys", box.checked ? "on" : "off");
      for (const other of $$("[data-keys-on]")) other.checked = box.checked;
    });
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-help]")) { event.preventDefault(); help(); }
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches(TYPING);
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return confirm(event);
    if (event.key === "Escape") { if (!close() && typing) event.target.blur(); return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
    if (event.key === "?") { event.preventDefault(); return help(); }
    if (!keysOn()) return;
    if (/^[1-9]$/.test(event.key)) return pick(Number(event.key));
    letter(event);
  });
  $('.q-row[aria-current="page"]')?.scrollIntoView({ block: "nearest" });
}

/* Change marks: what the person changed, and what it was before. With changes on the page the
   main button is Edit, and Approve says that it leaves them out. The field you stand on lights
   up in the source document. */
import { $, $$ } from "./page.js";

export const changed = () => $$(".field.is-changed");

let plain = "";

function weigh() {
  const approve = $(".act[value=approve]:not([aria-disabled=true])"), edit = $(".act[value=edit]");
  const n = changed().length, count = $("#edit-count");
  if (count) count.textContent = n ? `(${n})` : "";
  if (!edit) return;
  if (approve) {
    const line = $(":scope > span", approve);
    plain ||= line.textContent;
    line.textContent = n ? `Leaves out your ${n} change${n > 1 ? "s" : ""}` : plain;
    approve.classList.toggle("main", !n);
  }
  if (approve || n) edit.classList.toggle("main", n > 0);
}

function mark(el) {
  const field = el.closest(".field"), note = $(".mark", field), was = el.dataset.was ?? "";
  const isNew = el.value !== was;
  field.classList.toggle("is-changed", isNew);
  if (note) {
    note.dataset.before ??= note.textContent;
    note.textContent = isNew ? `was ${was || "empty"}` : note.dataset.before;
    note.title = note.textContent;
  }
}

/* The list of changes in the edit panel. */
export function listChanges() {
  const list = $("#changes");
  if (!list) return;
  list.replaceChildren(...changed().map((field) => {
    const item = document.createElement("li"), el = $(".in", field);
    const was = document.createElement("del"), is = document.createElement("ins");
    was.textContent = el.dataset.was || "empty";
    is.textContent = el.value || "empty";
    item.append(`${$("label", field).textContent}: `, was, " → ", is);
    return item;
  }));
}

export function startChanges() {
  for (const el of $$(".field .in:not([readonly])")) {
    el.dataset.was ??= el.defaultValue ?? el.value;
    el.addEventListener("input", () => { mark(el); weigh(); });
    if (el.value !== el.dataset.was) mark(el);
  }
  for (const el of $$(".field .in[data-src]")) {
    const places = () => el.dataset.src.split(" ").map((id) => document.getElementById(id)).filter(Boolean);
    el.addEventListener("focus", () => {
      for (const place of places()) place.classList.add("is-on");
      places()[0]?.scrollIntoView({ block: "nearest" });
    });
    el.addEventListener("blur", () => places().forEach((place) => place.classList.remove("is-on")));
  }
  if (changed().length) weigh();
}

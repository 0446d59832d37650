/* Clocks. Time is the server's, so a wrong clock on a desk cannot hide a late task. */
import { $, $$, say } from "./page.js";

let skew = Date.parse(document.documentElement.dataset.now) - Date.now();
const DAYS = 48; // hours from which on days say more

/* The server said what time it is. */
export function setTime(iso) {
  const there = Date.parse(iso);
  if (!Number.isNaN(there)) skew = there - Date.now();
}

const serverNow = () => Date.now() + skew;

/* The time of day where the server is, which is what the pages show. */
export function serverClock() {
  const [, sign, hours, minutes] = document.documentElement.dataset.now.match(/([+-])(\d\d):(\d\d)$/) ?? ["", "+", "0", "0"];
  const offset = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 6e4;
  return new Date(serverNow() + offset).toISOString().slice(11, 16);
}

function span(minutes) {
  const h = Math.floor(minutes / 60);
  if (h >= DAYS) return `${Math.floor(h / 24)} d ${h % 24} h`;
  return h ? `${h} h ${String(minutes % 60).padStart(2, "0")} m` : `${minutes} m`;
}

function words(milliseconds) {
  const minutes = Math.max(1, Math.ceil(Math.abs(milliseconds) / 6e4));
  const text = span(minutes);
  if (milliseconds < 0) return `Late ${text}`;
  return minutes < 60 ? `${text} left` : text;
}

export function tick() {
  const now = serverNow();
  for (const chip of $$(".sla[data-due]")) {
    const { due, risk, start } = chip.dataset;
    const end = Date.parse(due), from = Date.parse(start);
    const state = now >= end ? "is-late" : now >= Date.parse(risk) ? "is-risk" : "";
    if (state && !chip.classList.contains(state)) {
      chip.classList.remove("is-risk", "is-late");
      chip.classList.add(state);
      say(`${chip.dataset.case}: ${state === "is-late" ? "now late" : "at risk of being late"}`);
    }
    $(".w", chip).textContent = words(end - now);
    const spent = Math.min(1, Math.max(0, (now - from) / (end - from)));
    $(".el", chip)?.setAttribute("stroke-dasharray", `${Math.round(spent * 100)} 100`);
  }
  for (const left of $$("[data-until]")) {
    const seconds = Math.ceil((Date.parse(left.dataset.until) - now) / 1000);
    left.textContent = seconds > 90 ? `${Math.ceil(seconds / 60)} m` : `${Math.max(0, seconds)} s`;
    left.closest("[data-over]")?.classList.toggle("is-over", seconds <= 0);
  }
}

export function startClocks() {
  tick();
  setInterval(tick, $("[data-until]") ? 1000 : 15000);
}

/* Live fragments. The server sends {id, html, pill}; nothing moves under the reader's hands:
   a fragment that holds the focus, or stands under an open panel, waits behind a button. */
import { $, say } from "./page.js";
import { setTime, serverClock, tick } from "./clocks.js";
import { openPanel } from "./panels.js";

const waiting = new Map();

function swap(id, text) {
  const old = document.getElementById(id), box = document.createElement("template");
  if (!old) return;
  box.innerHTML = text;
  const fresh = box.content.firstElementChild;
  if (!fresh) return;
  const scrolled = old.scrollTop;
  fresh.classList.add("is-fresh");
  old.replaceWith(box.content);
  document.getElementById(id)?.scrollTo(0, scrolled);
  tick();
}

const isBusy = (old) => old.contains(document.activeElement) || openPanel()?.contains(old) || old.contains(openPanel() ?? null);

/* What waited only because the reader stood in it, once they have left. */
function settle() {
  for (const [id, { text, said }] of waiting) {
    const old = document.getElementById(id);
    if (said || !old || isBusy(old)) continue;
    waiting.delete(id);
    swap(id, text);
  }
}

function hold(id, text, said) {
  waiting.set(id, { text, said });
  const button = $("#new-work");
  if (!button) return;
  const grew = button.hidden;
  button.textContent = said || "Something changed. Show it";
  button.hidden = false;
  if (grew) say(button.textContent);
}

function take({ id, html, pill }) {
  const old = document.getElementById(id);
  if (!old || old.outerHTML === html) return;
  if (pill || isBusy(old)) hold(id, html, pill);
  else { waiting.delete(id); swap(id, html); }
}

function stale(is) {
  const banner = $("#stale"), dot = $("#live"), time = serverClock();
  dot?.classList.toggle("is-stale", is);
  if (is && banner?.hidden) {
    $("#stale-at").textContent = time;
    if (dot) dot.textContent = `Not live since ${time}`;
    say("Live updates stopped. What you see may be old.");
  }
  if (!is && dot) dot.textContent = `Live, ${time}`;
  if (banner) banner.hidden = !is;
}

export function startLive() {
  const feed = document.body.dataset.events;
  if (!feed) return;
  const source = new EventSource(feed);
  let lost = 0;
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#new-work")) return;
    const button = $("#new-work");
    waiting.forEach(({ text }, id) => swap(id, text));
    waiting.clear();
    const still = $("#new-work") ?? button;
    still.hidden = true;
    $(".q-row")?.focus();
  });
  document.addEventListener("focusout", () => setTimeout(settle));
  source.addEventListener("fragment", (event) => take(JSON.parse(event.data)));
  source.addEventListener("time", (event) => { setTime(event.data); stale(false); tick(); });
  source.addEventListener("say", (event) => say(event.data));
  source.onopen = () => { clearTimeout(lost); stale(false); };
  source.onerror = () => { clearTimeout(lost); lost = setTimeout(() => stale(true), 3000); };
  addEventListener("pagehide", () => source.close());
}

// What makes a page quicker to use; each works without it. Local time on hover, filters in place, live parts.
"use strict";

const EVERY_MS = 2000;
const PAUSE_MS = 600;

function localTimes(within) {
  for (const time of within.querySelectorAll("time[datetime]")) {
    time.title = new Date(time.dateTime).toLocaleString(undefined, { timeZoneName: "short" });
  }
}

// Our own server's page, in which everything is escaped.
function replaced(part, html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const fresh = parsed.getElementById(part.id);
  if (!fresh) return part;
  const open = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  part.replaceWith(document.adoptNode(fresh));
  localTimes(fresh);
  if (open) fresh.querySelector(`[href="${CSS.escape(open)}"]`)?.focus();
  return fresh;
}

// Where nobody answers, the page says so: else what is old would pass for what is.
function silent(is) {
  document.getElementById("silence").hidden = !is;
}

async function poll(part) {
  const ends = part.dataset.then !== "stay";
  let seen = "";
  while (part.dataset.poll) {
    await new Promise((done) => setTimeout(done, EVERY_MS));
    if (!part.isConnected) return; // a filter has put another one there
    if (document.hidden) continue;
    try {
      const answer = await fetch(`${part.dataset.poll}&seen=${seen}`);
      if (answer.status >= 400 && answer.status < 500) break; // it is gone, or nobody is let in any more
      silent(answer.status >= 500);
      if (answer.status !== 200) continue; // nothing has changed, or it is being read
      seen = (answer.headers.get("etag") || "").replaceAll('"', "");
      part = replaced(part, await answer.text());
    } catch {
      silent(true);
    }
  }
  if (ends || part.dataset.poll) location.reload(); // it has ended: other buttons are there now
}

function filterInPlace(form) {
  let asked = 0;
  const ask = async () => {
    const given = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    const mine = ++asked;
    const answer = await fetch(`${form.getAttribute("action")}?${given}&fragment=1`).catch(() => null);
    if (mine !== asked) return;
    const list = document.getElementById(form.dataset.filters);
    if (answer?.status === 200) {
      const fresh = replaced(list, await answer.text());
      if (fresh.dataset.poll) poll(fresh);
    } else {
      form.submit(); // the whole page says what is wrong, or comes as soon as it is read; or the browser does
      return;
    }
    history.replaceState(null, "", `${form.getAttribute("action")}?${given}`);
  };
  form.addEventListener("change", ask);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
}

// A text is checked when its writer pauses, once at a time.
function checkWhileTyping(form) {
  const place = document.getElementById(form.dataset.check);
  let waits, running = false, changed = false;
  const ask = async () => {
    if (running) {
      changed = true;
      return;
    }
    running = true;
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(`${form.getAttribute("action")}?fragment=1`, { method: "POST", body });
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceChildren(...(parsed.getElementById(place.id) || parsed.body).childNodes);
    } catch {
      place.replaceChildren(); // nothing is known of it: the button asks again
    }
    running = false;
    if (changed) {
      changed = false;
      ask();
    }
  };
  form.querySelector("textarea").addEventListener("input", () => {
    clearTimeout(waits);
    waits = setTimeout(ask, PAUSE_MS);
  });
}

localTimes(document);
for (const part of document.querySelectorAll("[data-poll]")) poll(part);
for (const form of document.querySelectorAll("form[data-filters]")) filterInPlace(form);
for (const form of document.querySelectorAll("form[data-check]")) checkWhileTyping(form);

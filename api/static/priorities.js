// Shows the order that follows from other weights and years while they are being changed.
"use strict";

const PARTS = [
  "ranking-title", "ranking-first", "ranking-effect", "ranking-list", "ranking-notes",
  "ranking-facts", "ranking-chosen",
];
const WAIT_MS = 250; // a slider on the move asks for many orders in a row
const form = document.getElementById("trying");
const weight = document.getElementById("try-weight");
const slider = document.getElementById("try-slider");
let asking = null;
let waiting = 0;

async function show() {
  const address = `/?${new URLSearchParams(new FormData(form))}`;
  if (asking) asking.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(address, { credentials: "same-origin", signal: asking.signal });
    if (!answer.ok || answer.redirected) {
      location.assign(address);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of PARTS) {
      // The element stays, so that a screen reader is told what is new in it.
      document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
    }
    history.replaceState(null, "", address);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
  }
}

function later() {
  clearTimeout(waiting);
  if (form.checkValidity()) waiting = setTimeout(show, WAIT_MS);
}

slider.hidden = false;
slider.addEventListener("input", () => {
  weight.value = slider.value;
});
weight.addEventListener("input", () => {
  slider.value = weight.value;
});
form.addEventListener("input", later);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  show();
});

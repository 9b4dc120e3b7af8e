// Shows what a number of cameras sees while the slider moves, and its plan when it stops.
"use strict";

const PARTS = ["plan-number", "plan-map", "plan-sites"];
const form = document.getElementById("number");
const slider = form.elements.n;
const told = document.getElementById("number-told");
const texts = new Map([...slider.list.options].map((each) => [each.value, each.label]));
const WAIT_MS = 300; // a key that is held down asks for many numbers in a row
let asking = null;
let waiting = 0;

function tell() {
  told.textContent = texts.get(slider.value);
  slider.setAttribute("aria-valuetext", told.textContent);
}

async function show() {
  const address = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
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
      document.getElementById(id).replaceWith(page.getElementById(id));
    }
    history.replaceState(null, "", address);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
  }
}

slider.addEventListener("input", tell);
slider.addEventListener("change", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, WAIT_MS);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  show();
});
tell();

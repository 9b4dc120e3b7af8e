// Keeps the page with runs as it is on the server, for as long as something is at work there.
"use strict";

const EVERY_MS = 5000;
const PARTS = ["jobs-open", "jobs-ended", "runs-made"];

const isBusy = () => document.getElementById("jobs-open").hasAttribute("data-busy");

async function refresh() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) {
    location.reload();
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement ? document.activeElement.id : "";
  for (const id of PARTS) {
    document.getElementById(id).replaceWith(page.getElementById(id));
  }
  // Told to a screen reader only when it changes.
  const summary = document.getElementById("jobs-summary");
  const told = page.getElementById("jobs-summary").textContent;
  if (summary.textContent !== told) summary.textContent = told;
  if (focused && document.activeElement.id !== focused) {
    const again = document.getElementById(focused);
    if (again) again.focus();
  }
}

async function watch() {
  while (isBusy()) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    if (document.hidden) continue;
    try {
      await refresh();
    } catch {
      // The server is away for a moment: look again later.
    }
  }
}

watch();

// Puts the text of a chosen file in a field, and opens the form that an address points at.
"use strict";
for (const field of document.querySelectorAll("textarea[data-file]")) {
  const label = document.createElement("label");
  label.className = "from-file";
  label.textContent = field.dataset.file + " ";
  const picker = document.createElement("input");
  picker.type = "file";
  picker.accept = ".geojson,.json";
  picker.addEventListener("change", async () => {
    if (picker.files.length === 1) field.value = await picker.files[0].text();
  });
  label.append(picker);
  field.before(label);
}
const open = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const form = target && target.closest("details.acting");
  if (!form) return;
  form.open = true;
  target.scrollIntoView({ block: "center" });
  if (target.matches("input, select, textarea")) target.focus();
};
addEventListener("hashchange", open);
open();
const refusal = document.querySelector(".refusal");
if (refusal) refusal.focus();

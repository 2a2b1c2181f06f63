// Static pictures become live charts when they come into view; tables can be filtered.
// Everything here is an addition: the page reads without it.
"use strict";

let library = null;
function loadVega() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "assets/vega.js";
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
  return library;
}

async function draw(figure) {
  const data = figure.querySelector("script.spec");
  const picture = figure.querySelector(".picture");
  const still = picture.querySelector("svg");
  if (!data || !still) return;
  try {
    await loadVega();
    const place = document.createElement("div");
    const spec = JSON.parse(data.textContent);
    const bound = JSON.stringify(spec.params ?? []).includes('"bind"');
    await window.vegaEmbed(place, spec, { actions: false, renderer: "svg", tooltip: true });
    place.setAttribute("role", bound ? "group" : "img");
    place.setAttribute("aria-label", still.getAttribute("aria-label"));
    for (const inner of place.querySelectorAll("svg, svg *")) {
      for (const name of ["role", "aria-roledescription", "aria-label"]) inner.removeAttribute(name);
    }
    place.querySelector("svg")?.setAttribute("aria-hidden", "true");
    for (const input of place.querySelectorAll(".vega-bind input, .vega-bind select")) {
      const name = input.closest(".vega-bind")?.querySelector(".vega-bind-name");
      if (name) input.setAttribute("aria-label", name.textContent.trim());
    }
    still.replaceWith(place);
    figure.dataset.live = "yes";
  } catch (error) {
    figure.dataset.live = "no"; // the static picture stays
    console.warn("static chart kept:", figure.id, error);
  }
}

function drawWhenSeen() {
  const figures = [...document.querySelectorAll("figure.cr-figure")];
  if (!("IntersectionObserver" in window)) return;
  const watch = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) {
          watch.unobserve(entry.target);
          draw(entry.target);
        }
      }
    },
    { rootMargin: "200px" },
  );
  figures.forEach((figure) => watch.observe(figure));
}

function filterTable() {
  const form = document.querySelector("form.filters");
  if (!form) return;
  const table = document.getElementById(form.dataset.table);
  const rows = [...table.tBodies[0].rows];
  const told = document.getElementById(form.dataset.told);
  const apply = () => {
    const chosen = Object.fromEntries(new FormData(form));
    const words = (chosen.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = (row.dataset.text ??= row.textContent.toLowerCase());
      const fits =
        words.every((word) => text.includes(word)) &&
        Object.entries(chosen).every(([k, v]) => k === "q" || !v || row.dataset[k] === v);
      row.hidden = !fits;
      shown += fits;
    }
    told.textContent = `${shown} of ${rows.length} shown`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
}

drawWhenSeen();
filterTable();

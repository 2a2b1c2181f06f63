// Static pictures become live charts when they come into view; tables can be filtered.
// Everything here is an addition: the page reads without it.
"use strict";

const ASSETS = new URL(".", document.currentScript.src);
const loaded = {};
function load(name) {
  loaded[name] ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(name, ASSETS);
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
  return loaded[name];
}

// On a narrow screen a chart is drawn as wide as there is room: what stands side by side
// comes one below the other, long names and titles break into lines, legends run down.
function narrowed(spec, room) {
  const config = (spec.config ??= {});
  const names = { labelLimit: Math.round(room * 0.38), labelLineHeight: 12, labelFontSize: 11 };
  config.axis = { ...config.axis, ...names };
  config.legend = { ...config.legend, columns: 1, labelLimit: room - 40 };
  config.title = { ...config.title, limit: room };
  if (["hconcat", "vconcat", "concat", "spec"].some((word) => word in spec)) views(spec, room);
  else Object.assign(spec, { width: room, autosize: { type: "fit-x", contains: "padding" } });
  channels(spec, room);
  return spec;
}

function views(spec, room) {
  if (spec.hconcat) {
    const [first, ...others] = spec.hconcat;
    const axis = rows(first).find((y) => y.type === "nominal")?.axis ?? {};
    for (const y of others.flatMap(rows)) {
      if (y.axis === null || y.axis?.labels === false) y.axis = axis;
    }
    spec.vconcat = spec.hconcat;
    delete spec.hconcat;
  }
  for (const view of spec.vconcat ?? []) views(view, room);
  if (spec.spec) {
    if (spec.facet?.field) spec.columns = Math.max(1, Math.floor(room / (spec.spec.width + 60)));
    const beside = spec.facet?.row ? room * 0.42 : spec.columns === 1 ? room - 80 : spec.spec.width;
    spec.spec.width = Math.min(spec.spec.width, Math.floor(beside));
  } else if (typeof spec.width === "number") {
    const beside = rows(spec).some((y) => y.type === "nominal") ? room * 0.46 : room - 80;
    spec.width = Math.min(spec.width, Math.floor(beside));
  }
}

function rows(view) {
  return [view, ...(view.layer ?? [])].map((layer) => layer.encoding?.y).filter(Boolean);
}

function lines(text, most) {
  if (typeof text !== "string" || text.length <= most) return text;
  const found = [""];
  for (const word of text.split(" ")) {
    const longer = `${found.at(-1)} ${word}`.trim();
    if (longer.length > most && found.at(-1)) found.push(word);
    else found[found.length - 1] = longer;
  }
  return found;
}

const BREAK = "lastindexof(slice(datum.label, 0, 20), ' ')";
const TWO_LINES = `length(datum.label) > 19 && ${BREAK} > 0 ? [slice(datum.label, 0, ${BREAK}), slice(datum.label, ${BREAK} + 1)] : datum.label`;

function channels(part, room) {
  for (const inner of [...(part.layer ?? []), ...(part.vconcat ?? []), part.spec].filter(Boolean)) {
    channels(inner, room);
  }
  for (const [name, channel] of Object.entries(part.encoding ?? {})) {
    if (channel?.legend) channel.legend.columns = 1;
    if (name !== "x" && name !== "y") continue;
    const most = Math.floor(room / 8);
    if (channel.title) channel.title = lines(channel.title, most);
    if (channel.axis?.title) channel.axis.title = lines(channel.axis.title, most);
    const words = channel.type === "nominal" && channel.axis !== null && !channel.axis?.labelExpr;
    if (name !== "y" || !words) continue;
    channel.axis = { ...channel.axis, labelExpr: TWO_LINES, labelLimit: Math.round(room * 0.38) };
  }
}

async function draw(figure) {
  const data = figure.querySelector("script.spec");
  const picture = figure.querySelector(".picture");
  const still = picture.querySelector("svg");
  if (!data || !still) return;
  try {
    await load("vega.js");
    const place = document.createElement("div");
    const spec = JSON.parse(data.textContent);
    const bound = JSON.stringify(spec.params ?? []).includes('"bind"');
    const box = getComputedStyle(picture);
    const room = figure.clientWidth - parseFloat(box.paddingLeft) - parseFloat(box.paddingRight) - 2;
    const wide = Number(still.getAttribute("width")) > room;
    const shown = wide ? narrowed(spec, Math.floor(room)) : spec;
    await window.vegaEmbed(place, shown, { actions: false, renderer: "svg", tooltip: true });
    place.setAttribute("role", bound ? "group" : "img");
    place.setAttribute("aria-label", still.getAttribute("aria-label"));
    for (const inner of place.querySelectorAll("svg, svg *")) {
      for (const name of ["role", "aria-roledescription", "aria-label"]) inner.removeAttribute(name);
    }
    const drawn = place.querySelector("svg");
    drawn?.setAttribute("aria-hidden", "true");
    for (const input of place.querySelectorAll(".vega-bind input, .vega-bind select")) {
      const name = input.closest(".vega-bind")?.querySelector(".vega-bind-name");
      if (name) input.setAttribute("aria-label", name.textContent.trim());
    }
    const fits = !drawn || Number(drawn.getAttribute("width")) <= room + 1;
    if (bound || fits) still.replaceWith(place); // else the whole picture, small, says more
    if (!fits && bound) picture.tabIndex = 0;
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
        Object.entries(chosen).every(([k, v]) => k === "q" || !v || row.dataset[k].split("|").includes(v));
      row.hidden = !fits;
      shown += fits;
    }
    told.textContent = `${shown} of ${rows.length} shown`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
}

function sortTable() {
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      head.querySelector("button").addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.setAttribute("aria-sort", "none"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const value = (row) => row.cells[column].dataset.v;
        const rows = [...table.tBodies[0].rows].sort((a, b) => {
          const [x, y] = [value(a), value(b)];
          if (x === "" || y === "") return (x === "") - (y === ""); // missing last, both ways
          const order = isNaN(x) || isNaN(y) ? x.localeCompare(y, "en-GB") : x - y;
          return down ? -order : order;
        });
        table.tBodies[0].append(...rows);
      });
    });
  }
}

function search() {
  const form = document.querySelector("form.search");
  const box = form.querySelector("input");
  const list = form.querySelector("ul");
  const show = async () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    list.replaceChildren();
    list.hidden = words.length === 0;
    if (!words.length) return;
    await load("search-index.js");
    const hits = [];
    for (const [href, title, page] of window.SEARCH_INDEX) {
      const text = `${title} ${page}`.toLowerCase();
      if (words.every((word) => text.includes(word))) {
        const first = title.toLowerCase().startsWith(words[0]) ? 0 : 1;
        hits.push([first + (page ? 1 : 0), href, title, page]);
      }
    }
    hits.sort((a, b) => a[0] - b[0]);
    for (const [, href, title, page] of hits.slice(0, 12)) {
      const link = document.createElement("a");
      link.href = form.dataset.root + href;
      link.textContent = page ? `${title} (${page})` : title;
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    if (!hits.length) {
      const item = document.createElement("li");
      item.textContent = "Nothing found";
      list.append(item);
    }
  };
  box.addEventListener("input", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      list.hidden = true;
      box.focus();
    }
  });
}

drawWhenSeen();
filterTable();
sortTable();
search();

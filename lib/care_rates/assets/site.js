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

// Letters without accents, lower case; marks become spaces, but for dots and underscores in ids.
function fold(text) {
  const bare = text.normalize("NFD").replace(/[\u0300-\u036f'’]/g, "").toLowerCase();
  return ` ${bare.replace(/[^a-z0-9._]+/g, " ").replace(/\.(?= |$)/g, "").trim()} `;
}

function filterTable() {
  const form = document.querySelector("form.filters");
  if (!form) return;
  form.hidden = false;
  const table = document.getElementById(form.dataset.table);
  const rows = [...table.tBodies[0].rows];
  const told = document.getElementById(form.dataset.told);
  const apply = () => {
    const chosen = Object.fromEntries(new FormData(form));
    const words = fold(chosen.q ?? "").split(" ").filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = words.length
        ? (row.folded ??= fold(row.dataset.text ?? `${row.id} ${row.textContent}`))
        : "";
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

// A field above each long table: rows that hold the words stay.
function findRows() {
  for (const box of document.querySelectorAll(".scroll.long")) {
    const field = Object.assign(document.createElement("input"), { type: "search" });
    const told = Object.assign(document.createElement("span"), { className: "sr" });
    const label = document.createElement("label");
    const rows = [...box.querySelectorAll("tbody tr")];
    const form = Object.assign(document.createElement("div"), { className: "filters rows" });
    told.setAttribute("role", "status");
    label.append("Find a row ", field);
    form.append(label, told);
    box.before(form);
    field.addEventListener("input", () => {
      const words = fold(field.value).split(" ").filter(Boolean);
      for (const row of rows) {
        row.folded ??= fold(row.textContent);
        row.hidden = !words.every((word) => row.folded.includes(word));
      }
      told.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows`;
    });
  }
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

const SHOWN = 12;
const KINDS = ["", "section", "figure or table", "", "check", "claim"];
const WEIGHTS = [0, 1, 2, 0, 2, 3];

// What the index holds, with the folded text of each entry beside it: made once.
function entries() {
  const { pages, rows, areas, sections } = window.SEARCH_INDEX;
  const found = pages.map(([href, title]) => ({ href, title, where: "", kind: 0, in: ["", ""] }));
  for (const [page, anchor, title, more, kind] of rows) {
    const [href, name] = pages[page];
    const extra = kind === 5 ? anchor : more;
    const where = `${name}${KINDS[kind] ? `, ${KINDS[kind]}` : ""}`;
    found.push({ href: `${href}#${anchor}`, title, where, kind, more: kind === 3 ? more : "", in: [extra, name] });
  }
  for (const [href, title, also] of areas) {
    const where = also.includes(";") ? `authority; also ${also}` : "authority";
    found.push({ href, title, where, kind: 0, in: [also, ""] });
  }
  for (const entry of found) entry.folded = [entry.title, ...entry.in].map(fold);
  const parts = sections.map(([anchor, title, more]) => ({ anchor, title, folded: [title, more, ""].map(fold) }));
  return { found, parts, areas: found.filter((entry) => entry.where.startsWith("authority")) };
}

// How badly a word fits: whole words before beginnings, titles before the rest; null if not at all.
function misfit(word, [title, more, name]) {
  if (title.includes(` ${word} `)) return 0;
  if (title.includes(` ${word}`)) return 1;
  if (more.includes(` ${word} `)) return 2;
  if (more.includes(` ${word}`) || name.includes(` ${word}`)) return 3;
  return word.length > 3 && `${title}${more}`.includes(word) ? 6 : null;
}

function lookUp({ found, parts, areas }, words) {
  const hits = [];
  for (const entry of found) {
    let sum = WEIGHTS[entry.kind];
    for (const word of words) {
      const cost = misfit(word, entry.folded);
      sum = cost === null ? null : sum + cost;
      if (sum === null) break;
    }
    if (sum !== null) hits.push([sum, entry]);
  }
  for (const area of areas) { // a section of an authority's page: "deprivation liverpool"
    const left = words.filter((word) => (misfit(word, area.folded) ?? 9) > 2);
    if (!left.length || left.length === words.length) continue;
    for (const part of parts) {
      const costs = left.map((word) => misfit(word, part.folded));
      if (costs.includes(null) || Math.max(...costs) > 3) continue;
      const sum = 1 + costs.reduce((a, b) => a + b, 0);
      hits.push([sum, { href: `${area.href}#${part.anchor}`, title: `${area.title}: ${part.title}`, where: "authority" }]);
    }
  }
  return hits.sort((a, b) => a[0] - b[0]).map(([, entry]) => entry);
}

function search() {
  const form = document.querySelector("form.search");
  if (!form) return;
  form.hidden = false;
  const box = form.querySelector("input");
  const list = form.querySelector("ul");
  const told = document.getElementById("hits");
  let index;
  const line = (text) => {
    const item = document.createElement("li");
    item.className = "more";
    item.textContent = text;
    list.append(item);
  };
  const show = async () => {
    const asked = box.value;
    const words = fold(asked).split(" ").filter(Boolean);
    if (words.length) {
      await load("search-index.js");
      index ??= entries();
      if (box.value !== asked) return; // typed on meanwhile
    }
    list.replaceChildren();
    list.hidden = words.length === 0;
    told.textContent = "";
    if (!words.length) return;
    let hits = lookUp(index, words);
    if (hits.length < SHOWN) { // "ethnicity" finds "ethnic" too, after what has the whole word
      const stems = words.map((word) => word.slice(0, Math.max(5, word.length - 3)));
      const known = new Set(hits.map((hit) => hit.href));
      hits = hits.concat(lookUp(index, stems).filter((hit) => !known.has(hit.href)));
    }
    for (const { href, title, where, more } of hits.slice(0, SHOWN)) {
      const link = document.createElement("a");
      link.href = form.dataset.root + href;
      link.textContent = title;
      const below = document.createElement("small");
      below.textContent = more ? `${where}: ${more.slice(0, 110)}${more.length > 110 ? "…" : ""}` : where;
      if (below.textContent) link.append(below);
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    if (!hits.length) line("Nothing found");
    if (hits.length > SHOWN) line(`and ${hits.length - SHOWN} more: add a word`);
    const few = hits.length > SHOWN ? `, the first ${SHOWN} are listed` : "";
    told.textContent = hits.length ? `${hits.length} found${few}` : "Nothing found";
  };
  box.addEventListener("input", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  });
  form.addEventListener("click", (event) => {
    if (event.target.closest("a")) list.hidden = true; // a hit may lie on this very page
  });
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target)) list.hidden = true;
  });
  form.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !form.contains(event.relatedTarget)) list.hidden = true;
  });
  form.addEventListener("keydown", (event) => {
    const stops = [box, ...list.querySelectorAll("a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !list.hidden) {
      event.preventDefault();
      stops[Math.min(Math.max(stops.indexOf(document.activeElement) + step, 0), stops.length - 1)].focus();
    } else if (event.key === "Escape") {
      list.hidden = true;
      box.focus();
    } else if (step && box.value) {
      show();
    }
  });
}

drawWhenSeen();
filterTable();
findRows();
sortTable();
search();

"use strict";
(() => {
  const contents = JSON.parse(document.getElementById("contents").textContent);
  const { domains, characteristics, schema, example } = contents;
  const TOP = 4, NOT_YET = "not yet scored", UNKNOWN = "not known", OUTSIDE = "does not apply";
  const CONFIDENCE = ["low", "medium", "high"], FORMULA = /^[=+\-@\t\r]/;
  const $ = (id) => document.getElementById(id);
  const small = window.matchMedia("screen and (max-width: 40rem)");
  let state, now, other, changed = false;

  // ---- small helpers: text goes in as text, never as markup
  function make(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === true) node.setAttribute(key, "");
      else if (value !== false && value !== null) node.setAttribute(key, value);
    }
    node.append(...children);
    return node;
  }
  function draw(tag, attributes, text = "") {
    const node = document.createElementNS("http:" + "//www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text) node.textContent = text;
    return node;
  }
  const fill = (id, ...children) => $(id).replaceChildren(...children);
  const say = (text) => { $("error").textContent = ""; $("status").textContent = text; };
  const fail = (text) => { $("status").textContent = ""; $("error").textContent = text; };
  const number = (value) => (value === null ? "–" : (Math.round(value * 100 + 1e-9) / 100).toFixed(2));

  // ---- the file: checked against the same schema as in the notebooks
  function fault(value, rule, path = []) {
    const shown = () => { const text = JSON.stringify(value); return text.length > 60 ? text.slice(0, 60) + "…" : text; };
    const at = (what) => `${path.join(", ") || "the file"}: ${what}`;
    if ("const" in rule && value !== rule.const) return at(`${shown()} should be '${rule.const}'. Choose the file that this page saved.`);
    if (rule.enum && !rule.enum.includes(value)) return at(`${shown()} is not one of: ${rule.enum.join(", ")}.`);
    const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
    if (rule.type && kind !== rule.type) return at(`${shown()} should be of type ${rule.type}.`);
    if (kind === "string") {
      const length = [...value].length;
      if (length < (rule.minLength ?? 0) || length > (rule.maxLength ?? Infinity)) return at(`${shown()} is too short or too long (at most ${rule.maxLength} signs).`);
      if (rule.pattern && !new RegExp(rule.pattern, "u").test(value)) return at(`${shown()} is blank. Give a name or role.`);
    }
    if (kind === "number" && (value < (rule.minimum ?? -Infinity) || value > (rule.maximum ?? Infinity))) return at(`${shown()} is outside ${rule.minimum} to ${rule.maximum}.`);
    if (kind === "array") {
      if (value.length < (rule.minItems ?? 0) || value.length > (rule.maxItems ?? Infinity)) return at(`holds ${value.length} entries; ${rule.minItems ?? 0} to ${rule.maxItems} are allowed.`);
      for (const [i, item] of value.entries()) {
        const found = fault(item, rule.items, [...path, i + 1]);
        if (found) return found;
      }
    }
    if (kind === "object") {
      for (const key of rule.required ?? []) if (!Object.hasOwn(value, key)) return at(`'${key}' is missing.`);
      for (const key of Object.keys(value)) {
        if (!Object.hasOwn(rule.properties, key)) return at(`holds a name that is not known here ('${key.slice(0, 40)}'); take it out.`);
        const found = fault(value[key], rule.properties[key], [...path, key]);
        if (found) return found;
      }
    }
    return "";
  }
  // JSON.parse keeps the last of two equal names without a word; the notebooks refuse such a file
  function doubled(text) {
    const open = [], part = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]/g, after = /\s*:/y;
    for (let found = part.exec(text); found; found = part.exec(text)) {
      const [sign] = found;
      if (sign === "{") open.push(new Set());
      else if (sign === "[") open.push(null);
      else if (sign === "}" || sign === "]") open.pop();
      else {
        after.lastIndex = part.lastIndex;
        if (!after.test(text)) continue;
        const key = JSON.parse(sign), names = open.at(-1);
        if (names.has(key)) return key;
        names.add(key);
      }
    }
    return null;
  }
  function twice(values) { return values.find((value, i) => values.indexOf(value) < i); }
  function check(file) {
    const found = fault(file, schema);
    if (found) throw new Error(found);
    const name = twice(file.raters.map((rater) => rater.name));
    if (name !== undefined) throw new Error(`raters: name '${name}' twice. Give each rater a name of their own.`);
    for (const [i, rater] of file.raters.entries()) {
      const code = twice(rater.scores.map((score) => score.code));
      if (code !== undefined) throw new Error(`raters, ${i + 1}, scores: code '${code}' twice. Keep one score for each characteristic.`);
    }
    if (!Object.values(file.weights).some((weight) => weight > 0)) throw new Error("weights: all are zero. Give at least one heading a weight.");
    return file;
  }
  async function read(input) {
    const file = input.files[0];
    if (!file) return null;
    if (file.size > contents.most_bytes) throw new Error(`the file has ${file.size} bytes; a self-evaluation has at most ${contents.most_bytes}. Choose the file that this page saved.`);
    let text;
    try { text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()); }
    catch { throw new Error("it is not a text file. Choose the file that this page saved."); }
    let found;
    try { found = JSON.parse(text); }
    catch { throw new Error("it cannot be read as JSON. Choose the file that this page saved."); }
    const key = doubled(text);
    if (key !== null) throw new Error(`the name '${key.slice(0, 40)}' stands twice in one part of it. Choose the file that this page saved.`);
    return check(found);
  }
  const empty = () => ({ score: NOT_YET, confidence: "", evidence: "" });
  function open(file) {
    const raters = file.raters.map((rater) => ({
      name: rater.name,
      scores: new Map(characteristics.map(({ code }) => {
        const given = rater.scores.find((score) => score.code === code);
        return [code, given ? { score: given.score, confidence: given.confidence, evidence: given.evidence } : empty()];
      })),
    }));
    return { title: file.title, weights: { ...file.weights }, raters };
  }
  function close() {
    const raters = state.raters.map(({ name, scores }) => ({ name, scores: [...scores].map(([code, given]) => ({ code, ...given })) }));
    return { format: schema.properties.format.const, version: schema.properties.version.const, title: state.title, weights: state.weights, raters };
  }
  function blank() {
    const weights = Object.fromEntries(domains.map(({ code }) => [code, 1]));
    return open({ title: "", weights, raters: [{ name: "Rater 1", scores: [] }] });
  }
  function download(name, type, text) {
    const address = URL.createObjectURL(new Blob([text], { type }));
    const link = make("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }

  // ---- the same rules as care_rates.scoring
  function profile(rater) {
    return domains.map(({ code, name }) => {
      const given = characteristics.filter((c) => c.domain === code).map((c) => rater.scores.get(c.code).score).filter((score) => score !== OUTSIDE);
      const known = given.filter((score) => typeof score === "number");
      const sum = known.reduce((a, b) => a + b, 0), unknown = given.length - known.length;
      return {
        code, name, known: known.length, unknown,
        value: known.length ? sum / known.length : null,
        low: given.length ? sum / given.length : null,
        high: given.length ? (sum + TOP * unknown) / given.length : null,
      };
    });
  }
  function total(rows, column) {
    const used = rows.filter((row) => row[column] !== null);
    const weight = used.reduce((sum, row) => sum + state.weights[row.code], 0);
    return weight > 0 ? used.reduce((sum, row) => sum + row[column] * state.weights[row.code], 0) / weight : null;
  }
  const shown = () => [state.raters[now], ...(other >= 0 && other !== now ? [state.raters[other]] : [])];

  // ---- the form, built once
  function question(item) {
    const id = (part) => `${item.code}-${part}`;
    const option = (value, label, word) => make("label", word ? { class: "word" } : {},
      make("input", { type: "radio", name: item.code, value }), ...(word ? [] : [make("b", {}, String(value))]), make("span", {}, label));
    const confidence = make("select", { id: id("confidence") }, make("option", { value: "" }, "not said"), ...CONFIDENCE.map((word) => make("option", { value: word }, word)));
    const box = make("fieldset", { id: item.code },
      make("legend", {}, `${item.code} ${item.short}`),
      make("p", {}, item.statement),
      make("div", { class: "levels" }, ...item.anchors.map((anchor, level) => option(level, anchor, false)),
        option(UNKNOWN, "Not known: no evidence to hand", true), option(OUTSIDE, "Does not apply here", true)),
      make("details", {}, make("summary", {}, `What would show each level, and who would know (${item.code})`),
        make("ol", { start: 0 }, ...item.evidence.map((text) => make("li", {}, text))),
        make("p", {}, `Who would know: ${item.who}.`), make("p", { class: "small" }, `In the report: ${item.locator}.`)),
      make("div", { class: "foot" },
        make("p", {}, make("label", { for: id("confidence") }, "How sure"), confidence),
        make("p", {}, make("label", { for: id("evidence") }, "Evidence seen"), make("textarea", { id: id("evidence"), maxlength: 2000, rows: 2 }))),
      make("button", { type: "button", id: id("reset") }, `Clear ${item.code}`));
    box.addEventListener("input", (event) => {
      const given = state.raters[now].scores.get(item.code);
      if (event.target.type === "radio") given.score = /^\d$/.test(event.target.value) ? Number(event.target.value) : event.target.value;
      else if (event.target.tagName === "SELECT") given.confidence = event.target.value;
      else given.evidence = event.target.value;
      touch();
    });
    box.lastChild.addEventListener("click", () => { state.raters[now].scores.set(item.code, empty()); show(item); touch(); });
    return box;
  }
  function show(item) {
    const given = state.raters[now].scores.get(item.code);
    for (const input of document.querySelectorAll(`input[name="${item.code}"]`)) input.checked = input.value === String(given.score);
    $(`${item.code}-confidence`).value = given.confidence;
    $(`${item.code}-evidence`).value = given.evidence;
  }
  function build() {
    fill("form", ...domains.flatMap(({ code, name }) => [make("h3", { id: `part-${code}` }, `${code}. ${name}`), ...characteristics.filter((item) => item.domain === code).map(question)]));
    fill("parts", make("span", { id: "progress" }), ...domains.map(({ code, name }) => make("a", { href: `#part-${code}`, "aria-label": `${code}, ${name}` }, code)),
      make("a", { href: "#profile" }, "Profile"), make("a", { href: "#all" }, "All scores"));
    fill("weights", ...domains.map(({ code, name }) => {
      const input = make("input", { id: `weight-${code}`, type: "number", min: 0, max: 10, step: 0.5 });
      input.addEventListener("input", () => {
        const value = Number(input.value);
        if (input.value === "" || !(value >= 0 && value <= 10)) return fail(`The weight of ${code} should be a number from 0 to 10.`);
        const weights = { ...state.weights, [code]: value };
        if (!Object.values(weights).some((weight) => weight > 0)) return fail("All weights are zero. Give at least one heading a weight.");
        state.weights = weights;
        say("");
        touch();
      });
      return make("p", {}, make("label", { for: `weight-${code}` }, `${code}. ${name}`), input);
    }));
  }

  // ---- what follows from the scores
  function touch() { changed = true; results(); }
  function results() {
    const raters = shown(), rows = raters.map(profile);
    const given = [...state.raters[now].scores.values()];
    const scored = given.filter(({ score }) => score !== NOT_YET).length;
    $("progress").textContent = `${scored} of ${given.length} done`;
    $("print-title").textContent = `${state.title || "Self-evaluation"}: ${raters.map(({ name }) => name).join(" and ")}`;
    chart(raters, rows);
    table(raters, rows);
    talk(raters);
    list(raters);
  }
  function chart(raters, rows) {
    // on a narrow screen the drawing is as wide as the screen and the headings stand over their lines
    const narrow = small.matches, extra = narrow ? 22 : 0, step = (raters.length > 1 ? 56 : 44) + extra;
    const left = narrow ? 16 : 270, width = narrow ? 340 : 700, top = 22 * raters.length + 10, height = domains.length * step + top + 56;
    const x = (value) => left + (value / TOP) * (width - left - 20);
    const foot = height - 50, longest = narrow ? 40 : 50;
    const words = raters.map((rater, i) => `${rater.name}: ` + rows[i].map((row) => `${row.code} ${number(row.value)}`).join(", ")).join(". ");
    const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Mean level by heading. ${words}. The table below has the same figures.` });
    for (let level = 0; level <= TOP; level += 1) {
      svg.append(draw("line", { class: "grid", x1: x(level), x2: x(level), y1: top, y2: foot }), draw("text", { x: x(level), y: foot + 18, "text-anchor": "middle" }, String(level)));
    }
    svg.append(draw("text", { class: "axis", x: x(TOP / 2), y: foot + 40, "text-anchor": "middle" }, "mean level, 0 (absent) to 4 (fully in place)"));
    raters.forEach(({ name }, i) => svg.append(draw("text", { x: left, y: 16 + 22 * i }, `${i ? "◆" : "●"} ${name.length > longest ? name.slice(0, longest - 1) + "…" : name}`)));
    domains.forEach(({ code, name }, d) => {
      const middle = top + step * (d + 0.5) + extra / 2;
      svg.append(draw("text", { x: 0, y: narrow ? top + step * d + 16 : middle + 5 }, `${code}. ${name}`));
      rows.forEach((profiles, i) => {
        const row = profiles[d], y = middle + (raters.length > 1 ? (i ? 10 : -10) : 0), kind = i ? "second" : "first";
        if (row.low !== null) svg.append(draw("line", { class: `${kind} bound`, x1: x(row.low), x2: x(row.high), y1: y, y2: y }));
        if (row.value === null) return;
        svg.append(i ? draw("path", { class: kind, d: `M${x(row.value)} ${y - 8}l8 8l-8 8l-8-8z` }) : draw("circle", { class: kind, cx: x(row.value), cy: y, r: 7 }));
      });
    });
    fill("chart", svg);
  }
  const cells = (tag, values, numeric = true) => values.map((value) => make(tag, { class: numeric ? "n" : false, scope: tag === "th" ? "col" : false }, value));
  function table(raters, rows) {
    const columns = ["mean", "unknown as 0", "unknown as 4", "known", "unknown"];
    const names = make("tr", {}, make("th", { scope: "col", rowspan: 2 }, "heading"), ...raters.map(({ name }) => make("th", { scope: "colgroup", colspan: columns.length }, name)));
    const head = make("tr", {}, ...raters.flatMap(() => cells("th", columns)));
    const line = (label, pick) => make("tr", {}, make("th", { scope: "row" }, label), ...rows.flatMap((profiles) => cells("td", pick(profiles))));
    const body = domains.map(({ code, name }, d) => line(`${code}. ${name}`, (p) => [number(p[d].value), number(p[d].low), number(p[d].high), String(p[d].known), String(p[d].unknown)]));
    const sum = (p, key) => String(p.reduce((all, row) => all + row[key], 0));
    body.push(line("Total, weighted", (p) => [number(total(p, "value")), number(total(p, "low")), number(total(p, "high")), sum(p, "known"), sum(p, "unknown")]));
    $("table").replaceChildren($("table").caption, make("thead", {}, names, head), make("tbody", {}, ...body));
  }
  function talk(raters) {
    const points = [];
    for (const item of characteristics) {
      const given = raters.map((rater) => rater.scores.get(item.code)), levels = given.map(({ score }) => score).filter((score) => typeof score === "number");
      const asked = given.filter(({ score }) => score !== OUTSIDE), gap = levels.length ? Math.max(...levels) - Math.min(...levels) : 0;
      let why = "";
      if (asked.length && !levels.length) why = asked.every(({ score }) => score === NOT_YET) ? "" : "not known";
      else if (gap >= 2) why = `raters differ by ${gap} levels`;
      else if (levels.length === 1 && asked.length > 1) why = "one view only";
      else if (given.some(({ score, confidence }) => typeof score === "number" && confidence === "low")) why = "little confidence";
      else if (levels.length && Math.max(...levels) <= 1) why = "level 0 or 1";
      if (why) points.push(make("li", {}, `${item.code} ${item.short}: ${why}`));
    }
    fill("talk", points.length ? make("ul", {}, ...points) : make("p", {}, "Nothing yet."));
  }
  function list(raters) {
    const columns = make("colgroup", {}, make("col", { class: "wide" }), ...raters.flatMap(() => [make("col", { class: "narrow" }), make("col", { class: "narrow" }), make("col")]));
    const names = make("tr", {}, make("th", { scope: "col", rowspan: 2 }, "characteristic"), ...raters.map(({ name }) => make("th", { scope: "colgroup", colspan: 3 }, name)));
    const head = make("tr", {}, ...raters.flatMap(() => cells("th", ["level", "how sure", "evidence"], false)));
    const body = characteristics.map((item) => make("tr", {}, make("th", { scope: "row" }, `${item.code} ${item.short}`), ...raters.flatMap((rater) => {
      const given = rater.scores.get(item.code);
      return [make("td", {}, String(given.score)), make("td", {}, given.confidence || "–"), make("td", { class: "long" }, make("div", {}, given.evidence || "–"))];
    })));
    $("list").replaceChildren($("list").caption, columns, make("thead", {}, names, head), make("tbody", {}, ...body));
  }
  function everything() {
    const options = () => state.raters.map(({ name }, i) => make("option", { value: i }, name));
    now = Math.min(now, state.raters.length - 1);
    if (other >= state.raters.length || other === now) other = -1;
    fill("now", ...options());
    fill("other", make("option", { value: -1 }, "nobody"), ...options().filter((_, i) => i !== now));
    $("now").value = now;
    $("other").value = other;
    $("title").value = state.title;
    $("name").value = state.raters[now].name;
    $("remove").disabled = state.raters.length === 1;
    for (const { code } of domains) $(`weight-${code}`).value = state.weights[code];
    characteristics.forEach(show);
    results();
  }
  const free = (name) => { let tried = name, i = 2; while (state.raters.some((rater) => rater.name === tried)) tried = `${name.slice(0, 70)} (${i++})`; return tried; };
  const sure = (question) => !changed || window.confirm(question);

  // ---- controls
  $("title").addEventListener("input", (event) => { state.title = event.target.value; touch(); });
  $("now").addEventListener("change", (event) => { now = Number(event.target.value); everything(); });
  $("other").addEventListener("change", (event) => { other = Number(event.target.value); results(); });
  $("name").addEventListener("change", (event) => {
    const name = event.target.value.trim();
    if (!name) fail("A rater needs a name or role.");
    else if (state.raters.some((rater, i) => i !== now && rater.name === name)) fail(`Another rater is called '${name}'. Give each a name of their own.`);
    else { state.raters[now].name = name; changed = true; say(""); }
    everything();
  });
  $("add").addEventListener("click", () => {
    const most = schema.properties.raters.maxItems;
    if (state.raters.length >= most) return fail(`A file holds at most ${most} raters.`);
    state.raters.push({ name: free(`Rater ${state.raters.length + 1}`), scores: new Map(characteristics.map(({ code }) => [code, empty()])) });
    other = now;
    now = state.raters.length - 1;
    changed = true;
    everything();
    say(`${state.raters[now].name} added. You are scoring as this rater.`);
    $("name").focus();
  });
  $("remove").addEventListener("click", () => {
    const { name } = state.raters[now];
    if (!window.confirm(`Remove ${name} and all scores of ${name}?`)) return;
    state.raters.splice(now, 1);
    [now, other, changed] = [0, -1, true];
    everything();
    say(`${name} removed.`);
  });
  $("save").addEventListener("click", () => {
    download("self-evaluation.json", "application/json", JSON.stringify(close(), null, 1) + "\n");
    changed = false;
    say("Saved as self-evaluation.json in your downloads. Anyone with the file can read it.");
  });
  $("csv").addEventListener("click", () => {
    const guard = (text) => `"${(FORMULA.test(text) ? "'" + text : text).replaceAll('"', '""')}"`;
    const lines = [["rater", "code", "characteristic", "score", "missing", "confidence", "evidence"]];
    for (const { name, scores } of state.raters) {
      for (const { code, short } of characteristics) {
        const { score, confidence, evidence } = scores.get(code), known = typeof score === "number";
        lines.push([name, code, short, known ? String(score) : "", known ? "" : score, confidence, evidence]);
      }
    }
    download("self-evaluation.csv", "text/csv", "\ufeff" + lines.map((line) => line.map(guard).join(",")).join("\r\n") + "\r\n");
    say("Exported as self-evaluation.csv in your downloads.");
  });
  $("print").addEventListener("click", () => window.print());
  $("example").addEventListener("click", () => {
    if (!sure("Replace what is on the page with the invented example?")) return;
    [state, now, other, changed] = [open(example), 0, 1, false];
    everything();
    say("This is an invented example. No such place exists.");
  });
  $("clear").addEventListener("click", () => {
    if (!sure("Clear everything? What is not saved is lost.")) return;
    [state, now, other, changed] = [blank(), 0, -1, false];
    everything();
    say("The page is empty.");
  });
  for (const [id, merge] of [["load", false], ["merge", true]]) {
    $(id).addEventListener("change", async (event) => {
      const input = event.target, name = input.files[0]?.name ?? "";
      try {
        const file = await read(input);
        if (!file) return;
        const found = open(file);
        if (merge) {
          const most = schema.properties.raters.maxItems;
          if (state.raters.length + found.raters.length > most) throw new Error(`together there would be more than ${most} raters.`);
          for (const rater of found.raters) state.raters.push({ ...rater, name: free(rater.name) });
          other = state.raters.length - found.raters.length;
          changed = true;
        } else {
          if (!sure("Replace what is on the page with the file?")) return;
          [state, now, other, changed] = [found, 0, found.raters.length > 1 ? 1 : -1, false];
        }
        everything();
        say(`${name}: ${found.raters.length} ${found.raters.length === 1 ? "rater" : "raters"} loaded.`);
      } catch (error) {
        fail(`${name} was not loaded, and nothing has changed: ${error.message}`);
      } finally {
        input.value = "";
      }
    });
  }
  small.addEventListener("change", () => results());
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });

  build();
  [state, now, other] = [blank(), 0, -1];
  everything();
})();

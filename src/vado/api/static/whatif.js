// What if: a road or a hazard of the map, or one chosen by name, is supposed shut or lifted. The answer is made by
// POST /v1/whatif, which stores nothing. Needs overview.js: its state, its map and its ways to make elements.
"use strict";

const NEAR_PX = 14;  // as far as a finger misses a line
const supposed = { options: [], asked: null, answer: null, version: 0, lines: [], names: new Set() };
const form = byId("suppose");

// --- what is meant -----------------------------------------------------------------------------------------
function quoted(text, most = 44) {
  return `“${text.length > most ? text.slice(0, most - 1).trimEnd() + "…" : text}”`;
}
function lifting(alert) {
  const row = state.view.hazards.find((hazard) => hazard.alert === alert);
  return { key: "lift " + alert, body: { reopen: [alert] }, label: `Lift ${quoted(row?.headline || alert)}`, title: `If ${quoted(row?.headline || alert, 90)} were lifted` };
}
function shutting(way, label) {
  return { key: "shut " + way, body: { close: [way] }, label: label || "Shut this road", title: "" };
}
function distance(flat, x, y) {  // from a point to a drawn line, squared
  let best = Infinity;
  for (let i = 0; i + 3 < flat.length; i += 2) {
    const ax = flat[i], ay = flat[i + 1], dx = flat[i + 2] - ax, dy = flat[i + 3] - ay;
    const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    best = Math.min(best, (ax + t * dx - x) ** 2 + (ay + t * dy - y) ** 2);
  }
  return best;
}
function nearest(x, y, lines) {
  let found = null, best = NEAR_PX ** 2;
  for (const line of lines) {
    const far = distance(line.flat, x, y);
    if (far < best) { best = far; found = line; }
  }
  return found;
}
function placed(event) {
  const box = byId("map").getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}
// What can be asked of a point: what shuts the road there stands first, then the road, then what lies over it.
function meant(event) {
  const [x, y] = placed(event), near = supposed.lines.filter((line) => distance(line.flat, x, y) < NEAR_PX ** 2);
  const road = nearest(x, y, near.filter((line) => line.way !== undefined));
  const found = near.filter((line) => line.action === "shut").map((line) => lifting(line.alert));
  if (road) found.push(shutting(road.way));
  found.push(...near.filter((line) => line.action === "slow").map((line) => lifting(line.alert)));
  for (const area of document.elementsFromPoint(event.clientX, event.clientY)) if (area.dataset?.alert) found.push(lifting(area.dataset.alert));
  return { road, options: found.filter((one, n) => found.findIndex((other) => other.key === one.key) === n) };
}

// --- question and answer -----------------------------------------------------------------------------------
async function suppose(option, options = [option]) {
  Object.assign(supposed, { asked: option, options });
  byId("answer").setAttribute("aria-busy", "true");
  const begun = performance.now();
  try {
    const reply = await fetch("/v1/whatif", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(option.body) });
    const said = await reply.json();
    if (supposed.asked !== option) return;  // another was asked meanwhile
    supposed.answer = reply.ok ? said : null;
    supposed.version = state.view.version;
    showAnswer(reply.ok ? said : null, reply.ok ? "" : said.detail || said.title || "That could not be answered.", performance.now() - begun);
  } catch {
    if (supposed.asked === option) showAnswer(null, "The service does not answer.", 0);
  }
  byId("answer").removeAttribute("aria-busy");
  drawMap();
}
function showAnswer(said, wrong, ms) {
  const { asked, options } = supposed, box = byId("answer");
  // Whoever has asked by key stays where they are.
  const held = document.activeElement?.dataset?.key;
  if (wrong) box.replaceChildren(element("p", { class: "wrong" }, wrong), buttons(options, asked));
  else {
    const roads = said.shut.map((row) => row.road).join(", ");
    const title = asked.title || `If ${typeof asked.body.close?.[0] === "number" ? "this stretch of " : ""}${roads} were shut`;
    const rows = said.towns.map((row) => element("li", { class: row.better ? "t-open" : row.text.includes("cut off") ? "t-cut" : "t-closing" },
      element("b", {}, few(row.names)), clauses(row.text), element("span", { class: "meta" }, "as it is: " + row.was)));
    const count = said.towns.reduce((n, row) => n + row.names.length, 0);
    box.replaceChildren(
      element("h3", {}, `${title}: ${count === 0 ? "no town changes" : count === 1 ? "1 town changes" : count + " towns change"}`),
      element("ul", {}, ...rows),
      element("p", { class: "meta" }, `As of ${hhmm(said.at)}, answered in ${Math.max(1, Math.round(ms))} ms. Nothing is stored.`),
      buttons(options, asked));
  }
  if (held) [...box.querySelectorAll("button")].find((button) => button.dataset.key === held)?.focus();
  supposed.names = new Set(said ? said.towns.flatMap((row) => row.names) : []);
}
function few(names, most = 6) {
  return names.length > most ? `${names.slice(0, most).join(", ")} and ${names.length - most} more` : names.join(", ");
}
function buttons(options, asked) {
  const row = element("p", { class: "choices" });
  if (options.length > 1) for (const option of options) {
    const button = element("button", { type: "button", "data-key": option.key, "aria-pressed": String(option === asked) }, option.label);
    button.addEventListener("click", () => suppose(option, options));
    row.append(button);
  }
  const clear = element("button", { type: "button", "data-key": "clear" }, "Clear");
  clear.addEventListener("click", clearAnswer);
  row.append(clear);
  return row;
}
function clearAnswer() {
  const inside = byId("answer").contains(document.activeElement);
  Object.assign(supposed, { asked: null, answer: null, options: [], names: new Set() });
  byId("answer").replaceChildren();
  if (inside) byId("if-road").focus();
  drawMap();
}

// --- on the map --------------------------------------------------------------------------------------------
state.over = (root, at) => {
  const project = (flat) => { const made = []; for (let i = 0; i < flat.length; i += 2) made.push(...at(flat[i], flat[i + 1])); return made; };
  supposed.lines = state.map.roads.flatMap((group) => group.lines.map((flat, n) => ({ flat: project(flat), way: group.ways[n] })));
  for (const row of state.view.closed) for (const flat of row.lines) supposed.lines.push({ flat: project(flat), action: row.action, alert: row.alert });
  root.append(svg("path", { class: "m-pick", d: "" }));
  if (!supposed.answer) return;
  for (const row of supposed.answer.shut) {
    root.append(svg("path", { class: "m-if under", d: path(row.lines, at) }));
    root.append(svg("path", { class: "m-if", d: path(row.lines, at) }));
  }
  for (const town of state.view.towns) if (supposed.names.has(town.name)) {
    const [x, y] = at(town.lon, town.lat);
    root.append(svg("circle", { class: "m-changes", cx: x, cy: y, r: 12 }));
  }
};
state.seen = (view) => {
  const alerts = new Map(view.hazards.map((hazard) => [hazard.alert, hazard.headline || hazard.alert]));
  const list = byId("if-hazard"), known = [...list.options].map((option) => option.value).join("\n");
  if (known !== [...alerts.keys()].join("\n")) {
    list.replaceChildren(...[...alerts].map(([alert, headline]) => element("option", { value: alert }, headline)));
    byId("if-lift").hidden = alerts.size === 0;
  }
  const names = byId("if-names");
  if (state.map && names.dataset.region !== state.map.region_hash) {
    names.dataset.region = state.map.region_hash;
    names.replaceChildren(...state.map.names.map((name) => element("option", { value: name })));
  }
  // The world went on: the same question again, so that nobody reads an old answer.
  if (supposed.asked && supposed.version !== view.version) suppose(supposed.asked, supposed.options);
};

const ground = byId("map");
ground.addEventListener("click", (event) => {
  if (!state.map || !state.view) return;
  const { options } = meant(event);
  if (!options.length) return;
  byId("if-road").value = "";
  suppose(options[0], options).then(() => byId("answer").scrollIntoView({ block: "nearest" }));
});
ground.addEventListener("pointermove", (event) => {
  if (supposed.waiting || !state.map || !state.view) return;
  supposed.waiting = requestAnimationFrame(() => {
    supposed.waiting = 0;
    const { road, options } = meant(event), pick = ground.querySelector(".m-pick");
    ground.classList.toggle("asks", options.length > 0);
    const lines = road ? supposed.lines.filter((line) => line.way === road.way) : [];
    pick?.setAttribute("d", path(lines.map((line) => line.flat), (x, y) => [x, y]));
  });
});
ground.addEventListener("pointerleave", () => ground.querySelector(".m-pick")?.setAttribute("d", ""));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const road = byId("if-road").value.trim();
  if (event.submitter?.value === "lift") suppose(lifting(byId("if-hazard").value));
  else if (road) suppose(shutting(road));
  else byId("if-road").focus();
});
addEventListener("keydown", (event) => { if (event.key === "Escape" && supposed.asked) clearAnswer(); });
form.hidden = false;

// The overview: told by events that something changed, it asks what and draws it; where no events come it asks
// once a second. No library, no inline script or style.
"use strict";

const NS = "http://www.w3.org/2000/svg";
const main = document.querySelector("main");
const zone = main.dataset.zone;
const state = { map: null, view: null, hazards: null, tag: "", clockAt: 0, clockSeen: 0, speed: Number(main.dataset.speed) };
const MARK = { open: "●", closing: "◐", cut: "✕", "no road": "–" };

const hhmm = (text) => text ? new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(new Date(text)) : "";
const byId = (id) => document.getElementById(id);

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== undefined) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}
function svg(name, attributes = {}, text = "") {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}
// A long list shows its first few whole, and the rest when asked for.
function fill(list, items, none) {
  const most = Number(list.dataset.most) || items.length, rest = items.length - most;
  const shown = list.dataset.whole || rest < 2 ? items : items.slice(0, most);
  const asked = list.contains(document.activeElement) && document.activeElement.className === "more";
  list.replaceChildren(...(items.length ? shown : [element("li", { class: "none" }, none)]));
  if (most >= items.length || rest < 2) return;
  const more = element("button", { type: "button", class: "more", "aria-expanded": String(Boolean(list.dataset.whole)) }, list.dataset.whole ? "Show fewer" : `Show ${rest} more`);
  more.addEventListener("click", () => { if (list.dataset.whole) delete list.dataset.whole; else list.dataset.whole = "yes"; showWords(state.view); });
  list.append(element("li", { class: "rest" }, more));
  if (asked) more.focus();
}
// A sentence breaks between its clauses.
const clauses = (text) => element("span", {}, ...text.split("; ").flatMap((clause, n, all) => [element("i", {}, clause + (n + 1 < all.length ? ";" : "")), " "]));
const kind = (town) => "t-" + town.state.replace(" ", "-");

// --- words -------------------------------------------------------------------------------------------------
function showWords(view) {
  const c = view.counts, s = byId("status");
  s.textContent = view.status.text;
  s.className = "pill " + view.status.level;
  const counts = [[c.towns_cut, c.towns_cut === 1 ? "town cut off" : "towns cut off", c.towns_cut ? "t-cut" : ""],
    [c.towns_closing, c.towns_closing === 1 ? "town will be cut off" : "towns will be cut off", c.towns_closing ? "t-closing" : ""],
    [c.held, c.held === 1 ? "job waits" : "jobs wait", c.held ? "t-cut" : ""], [c.planned, "planned"], [c.done, "done"], [c.vehicles, c.vehicles === 1 ? "vehicle" : "vehicles"]];
  if (c.unknown) counts.push([c.unknown, c.unknown === 1 ? "hazard unclear" : "hazards unclear", "t-closing"]);
  if (view.next_change) counts.push([hhmm(view.next_change), "next look, if nothing is heard"]);
  byId("counts").replaceChildren(...counts.map(([n, label, cls]) => element("p", { class: cls || null }, element("b", {}, String(n)), " " + label)));
  fill(byId("towns"), view.told.map((town) => {
    const jobs = Object.entries(town.jobs).map(([what, n]) => `${n} ${what}`).join(", ");
    const [stands, ...why] = town.lines;
    return element("li", { class: kind(town) }, element("b", {}, town.names.join(", ")), clauses(stands),
      ...why.map((line) => element("span", { class: "why" }, line)),
      town.doubt ? element("span", { class: "meta" }, town.doubt) : null,
      jobs ? element("span", { class: "meta" }, "jobs: " + jobs) : null);
  }), "Nothing is known yet: post vehicles and jobs.");
  fill(byId("ahead"), view.ahead.map((row) => element("li", { class: "t-" + row.state }, element("span", {}, row.text),
    row.meta ? element("span", { class: "meta" }, row.meta) : null)), "No single road isolates a town that is not cut off.");
  fill(byId("held"), view.held.map((item) => element("li", {}, element("b", {}, item.job), " ",
    ...item.reasons.slice(0, 2).flatMap((r) => [element("span", { class: "code" }, r.code), " " + r.text + " "]),
    item.tracking ? element("a", { href: item.tracking }, "what the recipient sees") : null)), "Nobody waits.");
  fill(byId("ask"), view.ask.map((row) => element("li", {}, element("b", {}, row.headline || row.kind), " " + row.text + " ",
    element("span", { class: "meta" }, `${row.source}, ${row.alert}`))), "Nothing is unclear.");
  fill(byId("routes"), view.routes.map((route) => {
    const next = route.stops.filter((stop) => stop.job && stop.state !== "done");
    const names = next.slice(0, 6).map((stop) => `${hhmm(stop.arrival)} ${stop.place || stop.job}`).join(" · ");
    return element("li", {}, element("span", { class: "swatch c" + route.colour, "aria-hidden": "true" }), element("b", {}, route.vehicle),
      ` ${next.length} of ${route.jobs} stops to go, back ${hhmm(route.end)} `,
      element("div", { class: "meta" }, names + (next.length > 6 ? ` · ${next.length - 6} more` : "")));
  }), "No vehicle is planned.");
  fill(byId("feeds"), view.feeds.map((feed) => element("li", { class: kind(feed) }, element("b", {}, feed.source), element("span", {}, feed.text),
    element("span", { class: "meta" }, feed.meta))), "No source of alerts has been heard or declared.");
  fill(byId("news"), view.news.map((item) => element("li", {}, element("time", { datetime: item.at }, hhmm(item.at)), " " + item.sentence)), "Nothing yet.");
  byId("attribution").textContent = view.attribution;
}

// --- map ---------------------------------------------------------------------------------------------------
function projection(bounds, width, height) {
  const [west, south, east, north] = bounds;
  const squeeze = Math.cos(((south + north) / 2) * Math.PI / 180);
  const pad = width < 500 ? 20 : 32, w = Math.max((east - west) * squeeze, 1e-6), h = Math.max(north - south, 1e-6);
  const scale = Math.min((width - 2 * pad) / w, (height - 2 * pad) / h);
  const left = (width - w * scale) / 2, top = (height - h * scale) / 2;
  return (lon, lat) => [left + (lon - west) * squeeze * scale, top + (north - lat) * scale];
}
function path(lines, at) {
  let d = "";
  for (const flat of lines) for (let i = 0; i < flat.length; i += 2) {
    const [x, y] = at(flat[i], flat[i + 1]);
    d += `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
  }
  return d;
}
function rings(geometry) {
  if (!geometry) return [];
  const flat = (ring) => ring.flat();
  switch (geometry.type) {
    case "Polygon": return geometry.coordinates.map(flat);
    case "MultiPolygon": return geometry.coordinates.flat().map(flat);
    case "GeometryCollection": return geometry.geometries.flatMap(rings);
    default: return [];
  }
}
const least = (numbers) => numbers.reduce((a, b) => Math.min(a, b), Infinity), most = (numbers) => numbers.reduce((a, b) => Math.max(a, b), -Infinity);
function drawMap() {
  const box = byId("map"), { map, view } = state;
  if (!map || !view) return;
  const width = box.clientWidth, height = box.clientHeight;
  const at = projection(map.bounds, width, height), root = svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  for (const group of [...map.roads].reverse()) root.append(svg("path", { class: `m-road k${group.rank}`, d: path(group.lines, at) }));
  for (const feature of (state.hazards || { features: [] }).features) {
    const lines = rings(feature.geometry);
    if (!lines.length) continue;
    const shuts = view.closed.some((row) => row.hazard === feature.id && row.action === "shut");
    // One that lies over all of the region has no edge to see: it is a tint.
    const [west, south, east, north] = map.bounds, lons = lines.flatMap((ring) => ring.filter((_, n) => n % 2 === 0)), lats = lines.flatMap((ring) => ring.filter((_, n) => n % 2));
    const all = lines.length === 1 && least(lons) <= west && most(lons) >= east && least(lats) <= south && most(lats) >= north;
    const area = svg("path", { class: "m-area" + (all ? " all" : "") + (shuts ? "" : " slow") + (feature.properties.in_force ? "" : " later"), "fill-rule": "evenodd", "data-alert": feature.properties.alert ?? view.hazards.find((row) => row.id === feature.id)?.alert ?? "", d: all ? `M0 0H${width}V${height}H0z` : path(lines, at) });
    area.append(svg("title", {}, `${feature.properties.kind}: ${feature.properties.evidence[0].headline}`));
    root.append(area);
  }
  for (const row of view.closed) if (row.action === "slow") root.append(closed(row, row.in_force ? "m-slow" : "m-slow later", at));
  for (const route of view.routes) root.append(svg("path", { class: `m-route c${route.colour}`, d: path(route.lines, at) }));
  for (const row of view.closed) if (row.action === "shut") root.append(closed(row, row.in_force ? "m-shut" : "m-later", at));
  for (const route of view.routes) for (const stop of route.stops) if (stop.location && stop.job) {
    const [x, y] = at(...stop.location);
    const dot = svg("circle", { class: `m-stop c${route.colour}${stop.state === "done" ? " done" : ""}`, cx: x, cy: y, r: 4.5 });
    dot.append(svg("title", {}, `${stop.job}, ${route.vehicle}, ${hhmm(stop.arrival)}`));
    root.append(dot);
  }
  for (const item of view.held) if (item.location) {
    const [x, y] = at(...item.location);
    const ring = svg("circle", { class: "m-held", cx: x, cy: y, r: 7.5 });
    ring.append(svg("title", {}, `${item.job} waits: ${item.reasons[0].text}`));
    root.append(ring);
  }
  const towns = [...view.towns].sort((a, b) => (a.state === "open") - (b.state === "open"));
  const taken = towns.map((town) => { const [x, y] = at(town.lon, town.lat); return [x - 7, y - 7, x + 7, y + 7]; });
  const parked = new Map(), cars = [];
  for (const route of view.routes) if (route.at) {
    // Above where it is, so that the town's sign stays free; several stand side by side.
    const [x, y] = at(...route.at), key = `${Math.round(x / 12)} ${Math.round(y / 12)}`, beside = parked.get(key) || 0;
    parked.set(key, beside + 1);
    const left = Math.min(Math.max(x + beside * 14, 8), width - 8), top = Math.max(y - 7, 16);
    const car = svg("path", { class: `m-car c${route.colour}`, d: `M${left} ${top}l-4 -4h-3v-11h14v11h-3z` });
    car.append(svg("title", {}, route.vehicle));
    cars.push(car);
    taken.push([left - 8, top - 16, left + 8, top + 1]);
  }
  for (const town of towns) mark(root, town, ...at(town.lon, town.lat));
  const names = named(towns, at, taken, width, height);
  root.append(...cars);
  state.over?.(root, at);
  for (const name of names) root.append(name);
  box.replaceChildren(root);
}
function closed(row, cls, at) {
  const road = svg("path", { class: cls, d: path(row.lines, at) });
  road.append(svg("title", {}, `${row.roads}: ${row.action} from ${hhmm(row.from)}${row.until ? " until " + hhmm(row.until) : ""}, ${row.headline}`));
  return road;
}
// Names cover neither each other nor signs nor vehicles, and stay on the map; towns that are cut are named first.
// They stand beside the sign, else over or under it, else without the time: the list says it in words.
function named(towns, at, taken, width, height) {
  let order = towns, best = [];
  for (let tries = 0; tries < 4; tries++) {
    const boxes = [...taken], drawn = order.map((town) => label(town, at, boxes, width, height)), found = drawn.filter(Boolean);
    if (found.length > best.length) best = found;
    if (found.length === order.length) break;
    order = [...order.filter((_, n) => !drawn[n]), ...order.filter((_, n) => drawn[n])];  // who found no room goes first
  }
  return best;
}
const SIDES = [[1, 0], [-1, 0], [1, -1], [1, 1], [-1, -1], [-1, 1], [0, -1], [0, 1], [-.8, 1], [.8, 1], [-.8, -1], [.8, -1]];
const pen = document.createElement("canvas").getContext("2d");
function label(town, at, taken, width, height) {
  const [x, y] = at(town.lon, town.lat), strong = town.state !== "open", small = width < 500, high = small ? 13 : 15;
  pen.font = `${strong ? 650 : 400} ${small ? 11 : 12}px system-ui, sans-serif`;
  const until = small ? null : town.state === "closing" ? town.until : town.state === "cut" ? town.again : null;
  for (const text of until ? [`${town.name} until ${hhmm(until)}`, town.name] : [town.name]) for (const [right, down] of SIDES) {
    const long = pen.measureText(text).width + 3, gap = down ? 6 : 10;
    const beside = Math.abs(right) === 1, over = x - long / 2 + right * long / 2;
    const left = beside ? (right > 0 ? x + gap : x - gap - long) : Math.max(4, Math.min(over, width - 4 - long));
    const middle = y + down * (beside ? 10 : 15), box = [left, middle - high / 2, left + long, middle + high / 2];
    if (box[0] < 4 || box[2] > width - 4 || box[1] < 2 || box[3] > height - 2) continue;
    if (taken.some((b) => b[0] < box[2] && b[2] > box[0] && b[1] < box[3] && b[3] > box[1])) continue;
    taken.push(box);
    return svg("text", { class: `m-label ${kind(town)}${strong ? " strong" : ""}${small ? " small" : ""}`, x: left, y: middle + 4 }, text);
  }
  return null;
}
function mark(root, town, x, y) {
  const sign = svg("text", { class: "m-mark " + kind(town), x, y }, MARK[town.state]);
  sign.append(svg("title", {}, `${town.name}: ${town.text}`));
  root.append(sign);
}

// --- time and news -----------------------------------------------------------------------------------------
function showClock() {
  if (!state.clockAt) return;
  const now = state.clockAt + (performance.now() - state.clockSeen) * state.speed;
  byId("clock").textContent = hhmm(new Date(now).toISOString());
}
const EVENTS = ["vado.reach.changed", "vado.world.changed", "vado.inbox.changed"];
const HEARD_MS = 5000;  // while events come: for the clock, and for what no decision tells, as a worker that died
function listen() {
  // A hidden page leaves its connection to others: a browser has six to one address.
  if (document.hidden) { state.stream?.close(); state.stream = null; return; }
  if (state.stream || !window.EventSource) return;
  state.stream = new EventSource("/v1/events");
  for (const type of EVENTS) state.stream.addEventListener(type, now);
  state.stream.addEventListener("error", () => { if (state.stream?.readyState === 2) state.stream = null; now(); });
}
function now() {
  if (state.asking) { state.again = true; return; }
  clearTimeout(state.timer);
  ask();
}
function later() {
  const heard = state.stream && state.stream.readyState === 1;
  const ms = state.again ? 0 : document.hidden || heard ? HEARD_MS : Number(main.dataset.poll);
  state.asking = state.again = false;
  state.timer = setTimeout(ask, ms);
  listen();
}
async function ask() {
  state.asking = true;
  try {
    const answer = await fetch("/v1/overview", { headers: state.tag ? { "If-None-Match": state.tag } : {}, cache: "no-store" });
    const time = Number(answer.headers.get("x-world-time"));
    if (time) { state.clockAt = time * 1000; state.clockSeen = performance.now(); }
    if (answer.status === 200) {
      const view = await answer.json(), region = view.region_hash;
      if (!state.map || state.map.region_hash !== region) { const map = await fetch("/v1/map"); if (map.ok) state.map = await map.json(); }
      const known = JSON.stringify(view.hazards);
      if (state.known !== known) { const hazards = await fetch("/v1/hazards"); if (hazards.ok) { state.hazards = await hazards.json(); state.known = known; } }
      state.view = view;
      state.seen?.(view);
      state.tag = answer.headers.get("etag") || "";
      showWords(view);
      drawMap();
    } else if (answer.status !== 304) offline("the service answers " + answer.status);
  } catch { offline("the service does not answer"); }
  later();
}
function offline(why) {
  const s = byId("status");
  s.textContent = `✕ ${why}; what you see may be old`;
  s.className = "pill alarm";
  state.tag = "";
}
addEventListener("resize", () => { clearTimeout(state.sizing); state.sizing = setTimeout(drawMap, 150); });
addEventListener("visibilitychange", () => { listen(); if (!document.hidden) now(); });
setInterval(showClock, 500);
listen();
ask();

// The overview: told by events that something changed, it asks what and draws it; where no events come it asks
// once a second. No library, no inline script or style.
"use strict";

const NS = "http://www.w3.org/2000/svg";
const main = document.querySelector("main");
const zone = main.dataset.zone;
const state = { map: null, view: null, hazards: null, tag: "", clockAt: 0, clockSeen: 0, speed: Number(main.dataset.speed) };
const RANK = { city: 0, town: 1, village: 2, hamlet: 3 };
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
function fill(list, items, none) {
  list.replaceChildren(...(items.length ? items : [element("li", { class: "none" }, none)]));
}
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
  fill(byId("towns"), view.towns.filter((t, n) => t.state !== "open" || n < 40).map((town) => {
    const jobs = Object.entries(town.jobs).map(([what, n]) => `${n} ${what}`).join(", ");
    return element("li", { class: kind(town) }, element("b", {}, town.name), element("span", {}, town.text),
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
  const pad = 28, w = Math.max((east - west) * squeeze, 1e-6), h = Math.max(north - south, 1e-6);
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
    const area = svg("path", { class: "m-area" + (shuts ? "" : " slow") + (feature.properties.in_force ? "" : " later"), "fill-rule": "evenodd", d: path(lines, at) });
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
  const taken = [];
  const towns = [...view.towns].sort((a, b) => (a.state === "open") - (b.state === "open") || (RANK[a.kind] ?? 9) - (RANK[b.kind] ?? 9));
  for (const town of towns) { const [x, y] = at(town.lon, town.lat); taken.push([x - 7, y - 7, x + 7, y + 7]); }
  for (const town of towns) label(root, town, at, taken, width);
  const parked = new Map();
  for (const route of view.routes) if (route.at) {
    // Above where it is, so that the town's sign stays free; several stand side by side.
    const [x, y] = at(...route.at), key = `${Math.round(x / 12)} ${Math.round(y / 12)}`, beside = parked.get(key) || 0;
    parked.set(key, beside + 1);
    const car = svg("path", { class: `m-car c${route.colour}`, d: `M${x + beside * 14} ${y - 7}l-4 -4h-3v-11h14v11h-3z` });
    car.append(svg("title", {}, route.vehicle));
    root.append(car);
  }
  box.replaceChildren(root);
}
function closed(row, cls, at) {
  const road = svg("path", { class: cls, d: path(row.lines, at) });
  road.append(svg("title", {}, `${row.roads}: ${row.action} from ${hhmm(row.from)}${row.until ? " until " + hhmm(row.until) : ""}, ${row.headline}`));
  return road;
}
// Names do not cover each other; towns that are cut are named first.
function label(root, town, at, taken, width) {
  const [x, y] = at(town.lon, town.lat);
  const extra = town.state === "closing" ? ` until ${hhmm(town.until)}` : town.state === "cut" && town.again ? ` until ${hhmm(town.again)}` : "";
  mark(root, town, x, y);
  // To the right, else to the left, else without the time, else only the sign: the list says it in words.
  for (const text of extra ? [town.name + extra, town.name] : [town.name]) for (const toLeft of [false, true]) {
    const long = text.length * (extra ? 7.1 : 6.7) + 12;
    const box = toLeft ? [x - long, y - 8, x - 8, y + 8] : [x + 8, y - 8, x + long, y + 8];
    if (box[0] < 0 || box[2] > width || taken.some((b) => b[0] < box[2] && b[2] > box[0] && b[1] < box[3] && b[3] > box[1])) continue;
    taken.push(box);
    root.append(svg("text", { class: `m-label ${kind(town)}${town.state === "open" ? "" : " strong"}`, x: toLeft ? x - 10 : x + 10, y: y + 4, "text-anchor": toLeft ? "end" : "start" }, text));
    return;
  }
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

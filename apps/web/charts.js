// Small plots as SVG: lines or dots over two axes. Colours are the style sheet's.

import {draw, make} from "./dom.js";
import {tickWriter} from "./format.js";

const WIDTH = 340;
const HEIGHT = 250;
const LEFT = 28;      // beside the numbers of the axis
const TOP = 10;
const BOTTOM = 42;
const DIGIT = 7;      // how wide one is, about

/** Round numbers that hold the values, and how they are written; 0 to 1 for shares. */
function axisOf(values) {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const raw = (most - least || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= raw * 0.999);
  const low = Math.floor(least / step + 1e-9) * step;
  const ticks = [];
  for (let i = 0; low + i * step < most + step * 0.999; ++i) ticks.push(Number((low + i * step).toPrecision(12)));
  const text = tickWriter(step, Math.max(...ticks.map(Math.abs)));
  return {low, high: ticks.at(-1), ticks, text, width: DIGIT * Math.max(...ticks.map((tick) => text(tick).length))};
}

/**
 * A figure. `lines` and `dots` are lists of {points: [[x, y], …], name}; `guide` draws the diagonal.
 * Both axes are shares, unless `free`: then they fit the points.
 */
export function plot({title, description, x, y, lines = [], dots = [], guide, free = false}) {
  const points = [...lines, ...dots].flatMap((series) => series.points)
      .filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b));
  const [xs, ys] = [0, 1].map((i) => axisOf(free ? points.map((point) => point[i]) : [0, 1]));
  const left = LEFT + ys.width;
  const right = WIDTH - xs.width / 2;
  const room = (right - left) / (xs.ticks.length - 1);
  const every = Math.ceil((xs.width + DIGIT) / room);  // of the ticks across has its number
  const place = (value, {low, high}) => (value - low) / (high - low);
  const across = (value) => (left + place(value, xs) * (right - left)).toFixed(1);
  const up = (value) => (HEIGHT - BOTTOM - place(value, ys) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const path = (list) => list.map(([a, b], i) => `${i ? "L" : "M"}${across(a)} ${up(b)}`).join("");
  const finite = (series) => series.points.filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b));

  const svg = draw("svg", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${title}. ${description}`},
      ys.ticks.map((tick) => [
        draw("path", {class: "grid", d: path([[xs.low, tick], [xs.high, tick]])}),
        draw("text", {x: left - 8, y: up(tick), dy: "0.35em", "text-anchor": "end"}, ys.text(tick))]),
      xs.ticks.map((tick, i) => [
        draw("path", {class: "grid", d: path([[tick, ys.low], [tick, ys.high]])}),
        i % every === 0 && draw("text", {x: across(tick), y: HEIGHT - BOTTOM + 20, "text-anchor": "middle"}, xs.text(tick))]),
      draw("text", {x: (left + right) / 2, y: HEIGHT - 6, "text-anchor": "middle"}, x),
      draw("text", {transform: `translate(12 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)`, "text-anchor": "middle"}, y),
      guide && draw("path", {class: "guide", d: path(
          [Math.max(xs.low, ys.low), Math.min(xs.high, ys.high)].map((end) => [end, end]))}),
      lines.map((series, i) => draw("path", {class: `line hue${i % 8}`, d: path(finite(series))})),
      dots.map((series) => finite(series).map(([a, b, size]) =>
        draw("circle", {class: "dot", cx: across(a), cy: up(b), r: size ?? 2.5}))));
  return make("figure", {class: "plot"}, make("figcaption", {}, title), svg,
      lines.length > 1 ? make("p", {class: "legend"}, lines.map(({name}, i) =>
        make("span", {}, make("span", {class: `swatch hue${i % 8}`}), name))) : null);
}

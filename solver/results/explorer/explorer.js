"use strict";
// What a reader does to the page, and what the page then shows.

const data = JSON.parse(document.getElementById("data").textContent);
const part = name => document.getElementById(name);
const state = { frame: 0, yaw: 0.5, pitch: -0.4, zoom: 1, shift: [0, 0], playing: false };
const flat = data.dimension === 2;
const gl = part("body").getContext("webgl2", { antialias: true, preserveDrawingBuffer: true });
let shaders, grains, cracks;

function set_up() {
  if (!gl) throw Error("this browser has no WebGL 2, with which the body is drawn");
  shaders = program(gl);
  gl.useProgram(shaders);
  grains = new Surface(gl, shaders, data.grains);
  cracks = new Surface(gl, shaders, data.cracks);
  gl.enable(gl.DEPTH_TEST);
  gl.depthFunc(gl.LEQUAL);
  gl.clearColor(1, 1, 1, 1);
}

function turned() {
  if (flat) return [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const [cy, sy] = [Math.cos(state.yaw), Math.sin(state.yaw)];
  const [cp, sp] = [Math.cos(state.pitch), Math.sin(state.pitch)];
  return [cy, sp * sy, -cp * sy, 0, cp, sp, sy, -sp * cy, cp * cy];  // columns
}

function draw() {
  const canvas = part("body"), ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  gl.viewport(0, 0, width, height);
  gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
  const zoom = 1.7 * state.zoom / data.size, side = Math.min(width, height);
  const at = name => gl.getUniformLocation(shaders, name);
  gl.uniformMatrix3fv(at("turn"), false, turned());
  gl.uniform2f(at("shift"), ...state.shift);
  gl.uniform2f(at("scale"), zoom * side / width, zoom * side / height);
  const warp = part("warp").value * data.enlargement;
  const shared = { warp: warp * data.moved, depth: 0.4 / data.size, light: flat ? 0 : 1,
    cut: flat ? 1e9 : data.size * (0.75 - 1.25 * part("cut").value) };
  grains.draw(state.frame, { ...shared, line: 0, least: -1, drawn: 1 }, part("now").checked);
  const line = ratio / (zoom * side), least = Math.max(part("least").value, 1e-6);
  if (flat) gl.disable(gl.DEPTH_TEST);
  if (flat) cracks.draw(state.frame, { ...shared, line, least: -1, drawn: 0 });
  cracks.draw(state.frame, { ...shared, light: 0, line: 3 * line, least, drawn: 1 });
  if (flat) gl.enable(gl.DEPTH_TEST);
}

const told = value => Math.abs(value) >= 1000 || (value && Math.abs(value) < 0.01)
  ? value.toExponential(1) : String(Number(value.toPrecision(3)));

function label(prefix, surface, now) {
  const field = surface.data.fields[surface.field];
  if (!field) return;
  const [low, high] = (now && surface.range) || [0, 1];
  const at = share => told(field.low + share * (field.high - field.low));
  const colours = numbers(field.colours, Uint8Array);
  const stops = [...Array(17).keys()].map(k => `rgb(${colours.slice(48 * k - (k === 16) * 3).slice(0, 3)})`);
  part(`${prefix}_bar`).style.background = `linear-gradient(to right, ${stops})`;
  part(`${prefix}_low`).textContent = at(low);
  part(`${prefix}_high`).textContent = at(high);
}

function show(frame) {
  state.frame = Math.min(Math.max(frame, 0), data.times.length - 1);
  part("frame").value = state.frame;
  part("caption").textContent = data.captions[state.frame];
  part("warp_told").textContent = told(part("warp").value * data.enlargement);
  const crack = data.cracks.fields[cracks.field];
  if (crack) part("least_told").textContent =
    told(crack.low + part("least").value * (crack.high - crack.low));
  draw();
  label("grain", grains, part("now").checked);
  label("crack", cracks);
  draw_curves();
}

function draw_curves() {
  const canvas = part("curves"), pen = canvas.getContext("2d"), { hours, values } = data.curves;
  const [width, height] = [canvas.width = canvas.clientWidth, canvas.height = canvas.clientHeight];
  const end = hours[hours.length - 1] || 1, x = hour => 4 + (width - 8) * hour / end;
  const tall = height / Math.max(values.length, 1);
  values.forEach((curve, k) => {
    const [low, high] = [Math.min(...curve.values), Math.max(...curve.values)];
    const y = value => (k + 1) * tall - 6 - (tall - 24) * (value - low) / (high - low || 1);
    pen.strokeStyle = ["#0072B2", "#D55E00"][k % 2];
    pen.beginPath();
    curve.values.forEach((value, row) => pen.lineTo(x(hours[row]), y(value)));
    pen.stroke();
    pen.fillStyle = "#222";
    pen.fillText(`${curve.label}: ${told(low)} to ${told(high)}`, 4, k * tall + 11);
  });
  pen.strokeStyle = "#999";
  pen.beginPath();
  pen.moveTo(x(data.times[state.frame] / 3600), 0);
  pen.lineTo(x(data.times[state.frame] / 3600), height);
  pen.stroke();
}

function play() {
  if (!state.playing) return;
  show((state.frame + 1) % data.times.length);
  setTimeout(() => requestAnimationFrame(play), Math.max(40, 6000 / data.times.length));
}

function toggle() {
  state.playing = !state.playing;
  part("play").textContent = state.playing ? "Stop" : "Play";
  play();
}

function choose(surface, field) {
  surface.field = field;
  if (surface === cracks && data.cracks.fields.length) part("least").value = data.cracks.fields[field].least;
  show(state.frame);
}

function listen() {
  for (const [name, surface] of [["field", grains], ["crack", cracks]]) {
    surface.data.fields.forEach((field, k) => part(name).add(new Option(field.name, k)));
    part(name).onchange = event => choose(surface, Number(event.target.value));
  }
  part("frame").max = data.times.length - 1;
  part("frame").oninput = event => show(Number(event.target.value));
  for (const name of ["warp", "cut", "least", "now"]) part(name).oninput = () => show(state.frame);
  part("play").onclick = toggle;
  document.onkeydown = event => {
    if (["INPUT", "SELECT", "BUTTON"].includes(event.target.tagName)) return;
    if (event.key === "ArrowRight") show(state.frame + 1);
    if (event.key === "ArrowLeft") show(state.frame - 1);
    if (event.key === " ") { event.preventDefault(); toggle(); }
  };
  part("body").onpointermove = event => {
    if (!event.buttons) return;
    const per_pixel = data.size / (0.85 * state.zoom * Math.min(event.target.clientWidth, event.target.clientHeight));
    if (flat || event.shiftKey) {
      state.shift[0] += event.movementX * per_pixel;
      state.shift[1] -= event.movementY * per_pixel;
    } else {
      state.yaw += event.movementX / 150;
      state.pitch += event.movementY / 150;
    }
    draw();
  };
  part("body").onpointerdown = event => event.target.setPointerCapture(event.pointerId);
  part("body").onwheel = event => {
    event.preventDefault();
    state.zoom *= Math.exp(-event.deltaY / 600);
    draw();
  };
  part("curves").onclick = event => {
    const time = event.offsetX / event.target.clientWidth * data.curves.hours.at(-1) * 3600;
    const off = data.times.map(each => Math.abs(each - time));
    show(off.indexOf(Math.min(...off)));
  };
  window.onresize = () => show(state.frame);
}

try {
  set_up();
  listen();
  const widest = data.cracks.fields[0]?.values.map(text => numbers(text, Uint16Array).reduce((a, b) => a + b, 0)) ?? [];
  choose(cracks, 0);
  show(widest.length ? widest.indexOf(Math.max(...widest)) : 0);
} catch (error) {
  part("trouble").hidden = false;
  part("trouble").textContent = `The body cannot be drawn: ${error.message}`;
}

// A box to sign in, with finger, pen or mouse: <div data-sign> holds an <svg data-sign-pad viewBox="0 0 1000 400">, a
// hidden input for the strokes, and buttons [data-sign-undo], [data-sign-clear]. Points are kept in the units of the
// viewBox, so the screen's size and density don't matter, and what was drawn is there again after a refusal.
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 1000, HEIGHT = 400, NEAR = 4, MOST_POINTS = 3500;
const pads = new WeakMap();
let drawing = null;

const clamp = (value, most) => Math.min(Math.max(Math.round(value), 0), most);

function kept(input) {
  try {
    return JSON.parse(input.value || "[]");
  } catch {
    return [];
  }
}

function padOf(inside) {
  const box = inside.closest("[data-sign]");
  if (!box) return null;
  if (!pads.has(box)) {
    const input = box.querySelector("input[type=hidden]");
    pads.set(box, { box, input, svg: box.querySelector("[data-sign-pad]"), strokes: kept(input), undone: null, pointer: null });
  }
  return pads.get(box);
}

function line(pad, stroke) {
  const shape = document.createElementNS(SVG, "polyline");
  pad.svg.append(shape);
  trace(shape, stroke);
  return shape;
}

function trace(shape, stroke) {
  const points = stroke.length > 1 ? stroke : [...stroke, ...stroke];
  shape.setAttribute("points", points.map((point) => point.join(",")).join(" "));
}

function redraw(pad) {
  for (const shape of pad.svg.querySelectorAll("polyline")) shape.remove();
  for (const stroke of pad.strokes) line(pad, stroke);
  tell(pad);
}

function tell(pad) {
  const drawn = pad.strokes.length > 0;
  pad.input.value = drawn ? JSON.stringify(pad.strokes) : "";
  pad.box.querySelector("[data-sign-undo]").disabled = !drawn && !pad.undone;
  pad.box.querySelector("[data-sign-clear]").disabled = !drawn;
  const said = pad.box.querySelector("[data-sign-said]");
  said.textContent = drawn ? said.dataset.drawn : said.dataset.empty;
}

function spot(pad, event) {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(pad.svg.getScreenCTM().inverse());
  return [clamp(at.x, WIDTH), clamp(at.y, HEIGHT)];
}

const size = (pad) => pad.strokes.reduce((sum, stroke) => sum + stroke.length, 0);

function add(pad, event) {
  const stroke = pad.strokes.at(-1), last = stroke.at(-1), next = spot(pad, event);
  if (Math.hypot(next[0] - last[0], next[1] - last[1]) < NEAR || size(pad) >= MOST_POINTS) return;
  stroke.push(next);
  trace(pad.shape, stroke);
}

document.addEventListener("pointerdown", (event) => {
  const svg = event.target.closest?.("[data-sign-pad]");
  const pad = svg && padOf(svg);
  if (!pad || drawing || event.button !== 0 || size(pad) >= MOST_POINTS) return;
  event.preventDefault();
  svg.setPointerCapture(event.pointerId);
  pad.undone = null;
  pad.pointer = event.pointerId;
  pad.strokes.push([spot(pad, event)]);
  pad.shape = line(pad, pad.strokes.at(-1));
  drawing = pad;
});

document.addEventListener("pointermove", (event) => {
  if (drawing?.pointer !== event.pointerId) return;
  const steps = event.getCoalescedEvents?.() ?? [];
  for (const step of steps.length ? steps : [event]) add(drawing, step);
});

for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
  document.addEventListener(end, (event) => {
    if (drawing?.pointer !== event.pointerId) return;
    const pad = drawing;
    drawing = pad.pointer = null;
    tell(pad);
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-sign-undo], [data-sign-clear]");
  const pad = button && padOf(button);
  if (!pad) return;
  if (button.matches("[data-sign-clear]")) {
    pad.undone = pad.strokes;
    pad.strokes = [];
  } else if (!pad.strokes.length) {
    pad.strokes = pad.undone ?? [];
    pad.undone = null;
  } else {
    pad.strokes = pad.strokes.slice(0, -1);
  }
  redraw(pad);
  if (button.disabled) pad.box.querySelector("[data-sign-undo]:enabled, [data-sign-clear]:enabled")?.focus();
});

const restore = () => document.querySelectorAll("[data-sign]").forEach((box) => redraw(padOf(box)));
window.addEventListener("pageshow", restore);
document.addEventListener("htmx:afterSettle", restore);

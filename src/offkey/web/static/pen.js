// Two pens with the same strokes, one for a canvas and one for an SVG file, so that a figure is drawn by one program.
const FONT = 'system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif';

function fontOf({ size = 11, weight = "" }) {
  return `${weight} ${size}px ${FONT}`.trim();
}

export class CanvasPen {
  // ratio: pixels to a unit
  constructor(context, ratio = 1) {
    Object.assign(this, { context, ratio });
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  rect(x, y, w, h, style) {
    this.#style(style);
    if (style.fill) this.context.fillRect(x, y, w, h);
    if (style.stroke) this.context.strokeRect(x, y, w, h);
  }

  path(points, style) {
    this.#style(style);
    this.context.beginPath();
    points.forEach(([x, y]) => this.context.lineTo(x, y));
    this.context.stroke();
  }

  text(text, x, y, style) {
    const { context } = this;
    context.save();
    context.translate(x, y);
    if (style.turned) context.rotate(-Math.PI / 2);
    context.font = fontOf(style);
    context.textAlign = style.anchor === "middle" ? "center" : style.anchor ?? "start";
    context.fillStyle = style.fill;
    context.fillText(text, 0, 0);
    context.restore();
  }

  // A picture painted in pixels: paint(context, width, height).
  raster({ x, y, w, h }, paint) {
    const { context, ratio } = this;
    const [left, top, right, bottom] = [x, y, x + w, y + h].map((v) => Math.round(v * ratio));
    context.save();
    context.setTransform(1, 0, 0, 1, left, top);
    context.beginPath();
    context.rect(0, 0, right - left, bottom - top);
    context.clip();
    paint(context, right - left, bottom - top);
    context.restore();
  }

  clip({ x, y, w, h }, draw) {
    this.context.save();
    this.context.beginPath();
    this.context.rect(x, y, w, h);
    this.context.clip();
    draw();
    this.context.restore();
  }

  #style({ fill, stroke, width = 1, dash = [] }) {
    this.context.fillStyle = fill ?? "transparent";
    this.context.strokeStyle = stroke ?? "transparent";
    this.context.lineWidth = width;
    this.context.setLineDash(dash);
  }
}

export class SvgPen {
  constructor(width, height, ratio) {
    Object.assign(this, { width, height, ratio, parts: [], clips: 0 });
  }

  rect(x, y, w, h, style) {
    this.parts.push(`<rect x="${near(x)}" y="${near(y)}" width="${near(w)}" height="${near(h)}"${styled(style)}/>`);
  }

  path(points, style) {
    const at = points.map(([x, y]) => `${near(x)},${near(y)}`).join(" ");
    this.parts.push(`<polyline points="${at}"${styled({ ...style, fill: undefined })}/>`);
  }

  text(text, x, y, { fill, size = 11, weight, anchor = "start", turned }) {
    const turn = turned ? ` transform="rotate(-90 ${near(x)} ${near(y)})"` : "";
    const bold = weight ? ` font-weight="${weight}"` : "";
    this.parts.push(`<text x="${near(x)}" y="${near(y)}" font-size="${size}" fill="${fill}" text-anchor="${anchor}"${bold}${turn}>${escaped(text)}</text>`);
  }

  raster({ x, y, w, h }, paint) {
    const [width, height] = [w, h].map((v) => Math.max(1, Math.round(v * this.ratio)));
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    paint(canvas.getContext("2d"), width, height);
    this.parts.push(`<image x="${near(x)}" y="${near(y)}" width="${near(w)}" height="${near(h)}" preserveAspectRatio="none" href="${canvas.toDataURL()}"/>`);
  }

  clip({ x, y, w, h }, draw) {
    const name = `c${this.clips++}`;
    this.parts.push(`<clipPath id="${name}"><rect x="${near(x)}" y="${near(y)}" width="${near(w)}" height="${near(h)}"/></clipPath><g clip-path="url(#${name})">`);
    draw();
    this.parts.push("</g>");
  }

  // The file, so many centimetres wide.
  file(cm, title) {
    const { width, height } = this;
    const size = `width="${cm}cm" height="${near((cm * height) / width)}cm" viewBox="0 0 ${near(width)} ${near(height)}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${escaped(FONT)}" role="img"><title>${escaped(title)}</title>${this.parts.join("\n")}</svg>\n`;
  }
}

const near = (v) => +v.toFixed(2);
const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const styled = ({ fill, stroke, width = 1, dash }) => ` fill="${fill ?? "none"}"` + (stroke ? ` stroke="${stroke}" stroke-width="${width}"` : "") + (dash?.length ? ` stroke-dasharray="${dash.join(" ")}"` : "");

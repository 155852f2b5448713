"use strict";
// Draws surfaces whose corners move and whose values change from frame to frame (WebGL 2).

const VERTEX = `#version 300 es
in vec3 point, across, moved;
in float value;  // 0: none
uniform mat3 turn;
uniform vec2 shift, scale;
uniform float warp, line, depth;
out float share, front;
out vec3 place;
void main() {
  vec3 at = turn * (point + warp * moved + line * across);
  place = at;
  share = (value * 65535.0 - 1.0) / 65534.0;
  front = at.z;
  gl_Position = vec4((at.xy + shift) * scale, -at.z * depth, 1.0);
}`;
const FRAGMENT = `#version 300 es
precision highp float;
in float share, front;
in vec3 place;
uniform sampler2D colours;
uniform float least, cut, light, low, high, drawn;
out vec4 colour;
void main() {
  if (front > cut || share < least) discard;
  float at = clamp((share - low) / max(high - low, 1e-6), 0.0, 1.0);
  vec3 paint = texture(colours, vec2((at * 255.0 + 0.5) / 256.0, 0.5)).rgb;
  if (share < 0.0) paint = vec3(0.8);
  if (drawn == 0.0) paint = vec3(0.35);
  vec3 normal = normalize(cross(dFdx(place), dFdy(place)));
  float shade = mix(1.0, 0.6 + 0.4 * abs(normal.z), light);
  colour = vec4(shade * paint, 1.0);
  // Of two grains' faces at one place, the one that looks this way
  gl_FragDepth = gl_FragCoord.z + (light > 0.0 && !gl_FrontFacing ? 2e-4 : 0.0);
}`;

function numbers(text, kind) {
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  return new kind(bytes.buffer);
}

// The least and the largest of the values that there are, as shares of all levels.
function range(values) {
  let [low, high] = [65535, 1];
  for (const value of values) {
    if (value && value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? [0, 1] : [(low - 1) / 65534, (high - 1) / 65534];
}

function program(gl) {
  const made = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw Error(gl.getShaderInfoLog(shader));
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw Error(gl.getProgramInfoLog(made));
  return made;
}

// A surface on the graphics card; its frame and its field change, its triangles do not.
class Surface {
  constructor(gl, shaders, data) {
    Object.assign(this, { gl, shaders, data, field: 0, loaded: "" });
    this.array = gl.createVertexArray();
    gl.bindVertexArray(this.array);
    this.fixed("point", numbers(data.points, Float32Array));
    this.fixed("across", numbers(data.across, Float32Array));
    this.moved = this.changing("moved", 3, gl.SHORT);
    this.value = this.changing("value", 1, gl.UNSIGNED_SHORT);
    const faces = numbers(data.faces, Uint32Array);
    this.count = faces.length;
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, faces, gl.STATIC_DRAW);
    this.colours = data.fields.map(field => this.table(numbers(field.colours, Uint8Array)));
  }
  fixed(name, values) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    this.attach(name, 3, gl.FLOAT, false);
  }
  changing(name, size, kind) {
    const { gl } = this, buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    this.attach(name, size, kind, true);
    return buffer;
  }
  attach(name, size, kind, normalized) {
    const at = this.gl.getAttribLocation(this.shaders, name);
    this.gl.enableVertexAttribArray(at);
    this.gl.vertexAttribPointer(at, size, kind, normalized, 0, 0);
  }
  table(colours) {
    const { gl } = this, texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB8, 256, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, colours);
    for (const [what, how] of [[gl.TEXTURE_MIN_FILTER, gl.NEAREST],
      [gl.TEXTURE_MAG_FILTER, gl.NEAREST], [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE]])
      gl.texParameteri(gl.TEXTURE_2D, what, how);
    return texture;
  }
  load(frame) {
    const { gl } = this, wanted = `${frame} ${this.field}`;
    if (wanted === this.loaded) return;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.moved);
    gl.bufferData(gl.ARRAY_BUFFER, numbers(this.data.moved[frame], Int16Array), gl.DYNAMIC_DRAW);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.value);
    const values = numbers(this.data.fields[this.field].values[frame], Uint16Array);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
    this.range = range(values);
    this.loaded = wanted;
  }
  draw(frame, settings, now) {
    if (!this.count || !this.colours.length) return;
    const { gl } = this;
    gl.bindVertexArray(this.array);
    this.load(frame);
    [settings.low, settings.high] = now ? this.range : [0, 1];
    gl.bindTexture(gl.TEXTURE_2D, this.colours[this.field]);
    for (const [name, value] of Object.entries(settings))
      gl.uniform1f(gl.getUniformLocation(this.shaders, name), value);
    gl.drawElements(gl.TRIANGLES, this.count, gl.UNSIGNED_INT, 0);
  }
}

/**
 * What a script finds: JavaScript that runs in the sandbox before it. It turns the few functions of the host into the classes of
 * `docs/guides/scripts.md`, and leaves no way to the host but them.
 *
 * Single voxels are gathered and handed over in thousands: a call of the host costs 4 µs, an entry of an array next to nothing.
 */
export const PRELUDE = `
(function (host, seed, args) {
  'use strict';
  const ENTRIES = 16384;
  const buffer = new Int32Array(ENTRIES * 4);
  let filled = 0;
  let bufferLayer = 0;

  function flush() {
    if (filled === 0) return;
    const count = filled;
    filled = 0;
    host.setEntries(bufferLayer, buffer.buffer, count);
  }
  function call(method, params) {
    flush();
    return JSON.parse(host.call(String(method), JSON.stringify(params === undefined ? {} : params)));
  }
  function put(layer, x, y, z, color) {
    if (layer !== bufferLayer || filled === ENTRIES) {
      flush();
      bufferLayer = layer;
    }
    const i = Math.floor(x), j = Math.floor(y), k = Math.floor(z);
    if (i !== (i | 0) || j !== (j | 0) || k !== (k | 0)) {
      throw new RangeError('coordinates must be 32-bit integers, got ' + x + ', ' + y + ', ' + z);
    }
    const at = filled++ * 4;
    buffer[at] = i;
    buffer[at + 1] = j;
    buffer[at + 2] = k;
    buffer[at + 3] = color;
  }
  function rgba(r, g, b, a) {
    const byte = (v) => Math.max(0, Math.min(255, Math.trunc(v)));
    return ((byte(a === undefined ? 255 : a) << 24) | (byte(b) << 16) | (byte(g) << 8) | byte(r)) >>> 0;
  }
  const named = new Map();
  function toColor(value) {
    if (typeof value === 'number') return value >>> 0;
    if (value === null || value === undefined) return 0;
    if (value instanceof Vec) return rgba(value.x, value.y, value.z, value.w);
    if (Array.isArray(value)) return rgba(value[0], value[1], value[2], value[3]);
    if (typeof value === 'object') return rgba(value.r, value.g, value.b, value.a);
    let color = named.get(value);
    if (color === undefined) named.set(value, (color = host.color(String(value))));
    return color;
  }
  function toPosition(value) {
    if (Array.isArray(value)) return value;
    return [value.x, value.y, value.z];
  }

  class Vec {
    constructor(x = 0, y = 0, z = 0, w = 255) {
      this.x = x; this.y = y; this.z = z; this.w = w;
    }
    get r() { return this.x; } set r(v) { this.x = v; }
    get g() { return this.y; } set g(v) { this.y = v; }
    get b() { return this.z; } set b(v) { this.z = v; }
    get a() { return this.w; } set a(v) { this.w = v; }
    add(o) { return new Vec(this.x + o.x, this.y + o.y, this.z + o.z, this.w); }
    sub(o) { return new Vec(this.x - o.x, this.y - o.y, this.z - o.z, this.w); }
    mul(k) { return new Vec(this.x * k, this.y * k, this.z * k, this.w); }
    length() { return Math.hypot(this.x, this.y, this.z); }
    toString() { return this.x + ',' + this.y + ',' + this.z; }
  }

  class Box {
    constructor(min, max) {
      this.min = toPosition(min); this.max = toPosition(max);
    }
    get size() { return this.max.map((v, i) => v - this.min[i] + 1); }
    get center() { return this.max.map((v, i) => (v + this.min[i] + 1) / 2); }
    /** A place in the box: -1 to 1 along each axis. */
    worldToLocal(position) {
      const p = toPosition(position), c = this.center, s = this.size;
      return new Vec((p[0] - c[0]) * 2 / s[0], (p[1] - c[1]) * 2 / s[1], (p[2] - c[2]) * 2 / s[2]);
    }
    *iterVoxels() {
      for (let z = this.min[2]; z <= this.max[2]; z++)
        for (let y = this.min[1]; y <= this.max[1]; y++)
          for (let x = this.min[0]; x <= this.max[0]; x++) yield new Vec(x, y, z);
    }
  }

  function vecOf(c) { return new Vec(c & 255, (c >>> 8) & 255, (c >>> 16) & 255, c >>> 24); }

  /** Voxels of the script's own, beside the project. */
  class VolumeCopy {
    #colors = new Map();
    constructor({ positions, colors }) {
      for (let i = 0; i < colors.length; i++) this.set(positions[i * 3], positions[i * 3 + 1], positions[i * 3 + 2], colors[i]);
    }
    set(x, y, z, color) {
      const c = toColor(color), key = Math.floor(x) + ',' + Math.floor(y) + ',' + Math.floor(z);
      if (c >>> 24 === 0) this.#colors.delete(key); else this.#colors.set(key, c);
    }
    get(x, y, z) { return this.#colors.get(Math.floor(x) + ',' + Math.floor(y) + ',' + Math.floor(z)) || 0; }
    setAt(position, color) { const p = toPosition(position); this.set(p[0], p[1], p[2], color); }
    getAt(position) { const p = toPosition(position); return vecOf(this.get(p[0], p[1], p[2])); }
    get count() { return this.#colors.size; }
    *iter() {
      for (const [key, c] of this.#colors) { const p = key.split(',').map(Number); yield { pos: new Vec(p[0], p[1], p[2]), color: vecOf(c) }; }
    }
  }

  class Volume {
    #layer;
    constructor(layer) { this.#layer = layer; }
    set(x, y, z, color) { put(this.#layer, x, y, z, toColor(color)); }
    get(x, y, z) { flush(); return host.get(this.#layer, Math.floor(x), Math.floor(y), Math.floor(z)) >>> 0; }
    setAt(position, color) { const p = toPosition(position); put(this.#layer, p[0], p[1], p[2], toColor(color)); }
    getAt(position) {
      const p = toPosition(position);
      return vecOf(this.get(p[0], p[1], p[2]));
    }
    /** positions: Int32Array x, y, z, …; colors: Uint32Array of rgba(), one a voxel, or one color for all. */
    setVoxels(positions, colors) {
      flush();
      if (!(positions instanceof Int32Array)) positions = Int32Array.from(positions);
      const one = !(colors instanceof Uint32Array);
      const list = one ? new Uint32Array([toColor(colors)]) : colors;
      host.setMany(this.#layer, own(positions), own(list));
    }
    /** Colors of a box as a Uint32Array, x fastest, then y, then z; 0 is empty. */
    readBox(min, max) {
      flush();
      const a = toPosition(min), b = toPosition(max);
      return new Uint32Array(host.readBox(this.#layer, a[0], a[1], a[2], b[0], b[1], b[2]));
    }
    /** All voxels: {positions: Int32Array, colors: Uint32Array}. */
    read() {
      flush();
      const all = new Int32Array(host.readAll(this.#layer));
      const count = all.length / 4;
      return { positions: all.subarray(0, count * 3), colors: new Uint32Array(all.buffer, count * 12, count) };
    }
    *iter() {
      const { positions, colors } = this.read();
      for (let i = 0; i < colors.length; i++) {
        const c = colors[i];
        yield {
          pos: new Vec(positions[i * 3], positions[i * 3 + 1], positions[i * 3 + 2]),
          color: vecOf(c),
        };
      }
    }
    fillBox(min, max, color) {
      return call('goxel.fill_box', { min: toPosition(min), max: toPosition(max), color: list(toColor(color)), layer_id: this.#layer });
    }
    copy() { return new VolumeCopy(this.read()); }
    clear() { return call('goxel.clear_voxels', { layer_id: this.#layer }); }
    get count() { return call('goxel.get_voxel_count', { layer_id: this.#layer }).count; }
    get box() {
      const b = call('goxel.get_bounding_box', { layer_id: this.#layer });
      return b.empty ? null : new Box(b.min, b.max);
    }
  }
  function own(array) {
    return array.byteOffset === 0 && array.byteLength === array.buffer.byteLength ? array.buffer : array.slice().buffer;
  }
  function list(color) { return [color & 255, (color >>> 8) & 255, (color >>> 16) & 255, color >>> 24]; }

  class Layer {
    constructor(facts) { this.id = facts.id; this.volume = new Volume(facts.id); }
    #facts() { return call('goxel.list_layers').layers.find((layer) => layer.id === this.id); }
    get name() { return this.#facts().name; }
    set name(name) { call('goxel.rename_layer', { layer_id: this.id, name: String(name) }); }
    get visible() { return this.#facts().visible; }
    set visible(visible) { call('goxel.set_layer_visibility', { layer_id: this.id, visible: !!visible }); }
    remove() { call('goxel.delete_layer', { layer_id: this.id }); }
  }

  const image = {
    get activeLayer() { return new Layer({ id: call('goxel.list_layers').active_layer_id }); },
    set activeLayer(layer) { call('goxel.set_active_layer', { layer_id: layer.id }); },
    get layers() { return call('goxel.list_layers').layers.map((facts) => new Layer(facts)); },
    addLayer(name) { return new Layer({ id: call('goxel.create_layer', { name: name === undefined ? 'Script' : String(name) }).layer_id }); },
    getLayersVolume() { return new Volume(-2); },
    get selectionBox() {
      const bounds = call('goxel.get_selection').bounds;
      return bounds ? new Box(bounds.min, bounds.max) : null;
    },
  };

  function drawn(type) {
    return (params) => call('goxel.procedural_shape', Object.assign({}, params, { shape_type: type, color: list(toColor(params && params.color !== undefined ? params.color : 'white')) }));
  }
  const shape = {};
  for (const type of ['cube', 'sphere', 'ellipsoid', 'cylinder', 'cone', 'pyramid', 'torus', 'capsule', 'plane', 'line', 'dome', 'tube', 'wedge']) shape[type] = drawn(type);

  let state = seed >>> 0;
  Math.random = function random() {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };

  function lattice(x, y, z, salt) {
    let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(z, 0x9e3779b1) ^ Math.imul(salt + seed, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
    return ((h ^ (h >>> 15)) >>> 0) / 4294967296;
  }
  const noise = {
    /** Smooth noise, 0 to 1. */
    value(x, y = 0, z = 0, salt = 0) {
      const x0 = Math.floor(x), y0 = Math.floor(y), z0 = Math.floor(z);
      const fade = (t) => t * t * t * (t * (t * 6 - 15) + 10);
      const u = fade(x - x0), v = fade(y - y0), w = fade(z - z0);
      const mix = (a, b, t) => a + (b - a) * t;
      const at = (dx, dy, dz) => lattice(x0 + dx, y0 + dy, z0 + dz, salt);
      return mix(
        mix(mix(at(0, 0, 0), at(1, 0, 0), u), mix(at(0, 1, 0), at(1, 1, 0), u), v),
        mix(mix(at(0, 0, 1), at(1, 0, 1), u), mix(at(0, 1, 1), at(1, 1, 1), u), v), w);
    },
    /** Several octaves of it, 0 to 1. */
    fbm(x, y = 0, z = 0, octaves = 4, salt = 0) {
      let sum = 0, weight = 0, amount = 1, scale = 1;
      for (let i = 0; i < octaves; i++) {
        sum += amount * noise.value(x * scale, y * scale, z * scale, salt + i);
        weight += amount;
        amount /= 2;
        scale *= 2;
      }
      return weight === 0 ? 0 : sum / weight;
    },
  };

  function text(value) {
    if (typeof value === 'string') return value;
    if (value instanceof Error) return String(value);
    try {
      const json = JSON.stringify(value);
      return json === undefined ? String(value) : json;
    } catch (error) {
      return String(value);
    }
  }
  const write = (level) => (...values) => host.log(level, values.map(text).join(' '));
  const console = { log: write('log'), info: write('info'), warn: write('warn'), error: write('error'), debug: write('debug') };

  function position(a, b, c) { return typeof a === 'object' ? toPosition(a) : [a, b, c]; }
  const active = () => image.activeLayer.volume;
  const goxel = {
    image, Vec, Box, Volume, Layer, call,
    get palette() { return call('goxel.get_palette').colors.map((entry) => entry.rgba); },
    addVoxel(x, y, z, color) { active().set(x, y, z, color === undefined ? 'white' : color); },
    removeVoxel(x, y, z) { active().set(x, y, z, 0); },
    getVoxel(x, y, z) { const c = active().get(x, y, z); return c === 0 ? null : list(c); },
    paintVoxels(params) { return call('goxel.paint_voxels', params); },
    floodFill(x, y, z, color) { return call('goxel.flood_fill', { position: [x, y, z], color: list(toColor(color)) }); },
    voxel: {
      add(...a) { const p = position(...a); goxel.addVoxel(p[0], p[1], p[2], typeof a[0] === 'object' ? a[1] : a[3]); },
      remove(...a) { const p = position(...a); goxel.removeVoxel(p[0], p[1], p[2]); },
      get(...a) { const p = position(...a); return goxel.getVoxel(p[0], p[1], p[2]); },
    },
    registerScript() { throw new Error('registerScript: put the file into the folder of scripts instead'); },
    registerFormat() { throw new Error('registerFormat: formats are built in'); },
  };

  const layer = image.activeLayer;
  const globals = { goxel, console, Vec, Box, Volume, Layer, rgba, noise, shape, args, layer, volume: layer.volume, palette: goxel.palette };
  for (const name of Object.keys(globals)) {
    Object.defineProperty(globalThis, name, { value: globals[name], writable: true, configurable: true, enumerable: false });
  }
  const stringify = JSON.stringify;
  return function finish(value) {
    flush();
    if (value === undefined) return 'null';
    try {
      const json = stringify(value);
      return json === undefined ? stringify(String(value)) : json;
    } catch (error) {
      return stringify(String(value));
    }
  };
})
`;

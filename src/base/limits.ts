/**
 * Every limit on input, with its unit in its name. Reaching one is an error of code `limit_exceeded` (or the
 * code of the door) that names the limit and the value; it is never a crash and never silence.
 */
export const LIMITS = {
  /** Voxels that one call may write, and that a file may hold. A solid block counts in full. */
  voxelsPerCall: 4_000_000_000,
  /** Records in one bulk call. */
  bulkRecords: 16_777_216,
  /** Cells that a flood fill visits unless the caller says less. */
  floodCells: 10_000_000,
  /** Voxels that a region read returns as objects or arrays in one answer. */
  regionVoxels: 2_000_000,
  layers: 10_000,
  materials: 10_000,
  cameras: 10_000,
  paletteColors: 65_536,
  /** Named parts of builds that a project remembers. */
  namedParts: 1000,
  /** Stored blocks of 16³ in a file that is being read: 2^20 blocks are at most 16 GiB dense, far less packed. */
  fileBlocks: 1_048_576,
  /** Bytes of a file that is being read. */
  fileBytes: 1_073_741_824,
  /** Placements of models in a scene graph. */
  placements: 65_536,
  /** Nesting of a scene graph. */
  sceneDepth: 64,
  /** Side of a picture, in pixels. */
  imageSide: 8192,
  /** Area of a picture, in pixels. */
  imagePixels: 67_108_864,
  nameLength: 255,
  /** Nesting of JSON in a request. */
  jsonDepth: 512,
  operationsPerBatch: 1_000_000,
  openProjects: 256,
  /** Named versions of a project. */
  checkpoints: 64,
} as const;

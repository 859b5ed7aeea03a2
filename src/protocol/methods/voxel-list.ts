import { z } from 'zod';
import { LIMITS } from '../../base/index.js';
import { Base64, integer } from '../values.js';

/** Voxels as the caller has them: objects, arrays, or packed; read by one hand-written loop, not by a schema each. */
export const VoxelList = z
  .custom<readonly unknown[]>(
    (value) => Array.isArray(value) && value.length <= LIMITS.bulkRecords,
    { error: `expected an array of at most ${LIMITS.bulkRecords} voxels` },
  )
  .meta({
    type: 'array',
    maxItems: LIMITS.bulkRecords,
    items: {},
    description: 'Each {x,y,z,r,g,b,a?}, {position,color}, [x,y,z,r,g,b,a] or [x,y,z].',
  });

export const Packed = z
  .object({
    format: z.enum(['packed', 'packed32']).default('packed').meta({
      description:
        'packed: int16 x,y,z and r,g,b,a, 10 bytes; packed32: int32 x,y,z and r,g,b,a, 16 bytes; little-endian.',
    }),
    compression: z.enum(['none', 'zlib', 'brotli']).default('none'),
    count: integer(0, LIMITS.bulkRecords),
    data: Base64,
    checksum: z.string().max(80).optional().meta({ description: 'sha256:HEX of the records.' }),
  })
  .meta({ description: 'Voxels as bytes: the fast way for many.' });

/** The fields of packed voxels, for who sends them without the object around. */
export const PACKED_FIELDS = ['format', 'compression', 'count', 'data', 'checksum'];

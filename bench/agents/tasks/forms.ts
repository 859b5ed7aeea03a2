import { BOX, must, sized, type Task, within } from '../task.js';

/* Single forms: what every builder must be able to say exactly. */

export const forms: readonly Task[] = [
  {
    id: 'hollow-box-with-door',
    text: 'A hollow box of 5×5×5 in saddlebrown, walls one voxel thick, with a door in the middle of the front (lowest y): an opening 1 wide and 3 high that begins one voxel above the bottom.',
    grade: (m) => [
      sized(m, 5, 5, 5),
      within('saddlebrown voxels', m.count('saddlebrown'), 95),
      must(m.filled([2, 0, 1], [2, 0, 3]) === 0, 'the door is not open'),
      must(m.filled([1, 1, 1], [3, 3, 3]) === 0, 'it is not hollow'),
      within('colours', m.colors().length, 1),
    ],
    build: [
      {
        parts: [
          { name: 'box', size: 5, hollow: 1, color: 'saddlebrown' },
          {
            size: [1, 1, 3],
            mode: 'sub',
            against: 'box',
            side: 'front',
            inside: true,
            offset: [0, 0, 1],
          },
        ],
      },
    ],
    run: `${BOX}box(0,0,0,5,5,5,'saddlebrown');box(1,1,1,3,3,3,null);box(2,0,1,1,1,3,null)`,
  },
  {
    id: 'ball',
    text: 'A solid crimson ball, 15 voxels across.',
    grade: (m) => [
      sized(m, 15, 15, 15),
      within('crimson voxels', m.count('crimson'), 1650, 1900),
      must(m.count() === m.count('crimson'), 'it has other colours'),
      must(
        [0, 1, 2].every((axis) => m.symmetrical(axis as 0 | 1 | 2)),
        'it is not round',
      ),
      must(m.filled([3, 3, 3], [11, 11, 11]) === 729, 'it is not solid'),
      must(m.filled([0, 0, 0], [2, 2, 2]) === 0, 'its corners are not round'),
    ],
    build: [{ parts: [{ shape: 'sphere', size: 15, color: 'crimson' }] }],
    run: `for(let x=-7;x<8;x++)for(let y=-7;y<8;y++)for(let z=-7;z<8;z++)if(x*x+y*y+z*z<=56.25)volume.set(x,y,z,'crimson')`,
  },
  {
    id: 'stairs',
    text: 'A straight gray staircase that rises to the right (+x): 8 steps, each 1 long, 4 wide (y) and one voxel higher than the one before, solid below.',
    grade: (m) => [
      sized(m, 8, 4, 8),
      must(
        [0, 1, 2, 3, 4, 5, 6, 7].every((x) => [0, 1, 2, 3].every((y) => m.height(x, y) === x + 1)),
        'a step has the wrong height',
      ),
      within('gray voxels', m.count('gray'), 144),
    ],
    build: [{ parts: [{ shape: 'wedge', size: [8, 4, 8], color: 'gray' }] }],
    run: `${BOX}for(let i=0;i<8;i++)box(i,0,0,1,4,i+1,'gray')`,
  },
  {
    id: 'chess-board',
    text: 'A chess board lying flat, one voxel high: 8×8 squares of 2×2 voxels, black and white in turn, black at the corner of the lowest x and y.',
    grade: (m) => [
      sized(m, 16, 16, 1),
      must(
        [0, 1, 2, 5].every((x) =>
          [0, 3, 4, 15].every((y) =>
            m.is(x, y, 0, (Math.floor(x / 2) + Math.floor(y / 2)) % 2 ? 'white' : 'black'),
          ),
        ),
        'a square has the wrong colour',
      ),
      within('black voxels', m.count('black'), 128),
      within('white voxels', m.count('white'), 128),
    ],
    build: [{ parts: [{ size: [16, 16, 1], color: { checker: ['black', 'white'], width: 2 } }] }],
    run: `${BOX}for(let x=0;x<8;x++)for(let y=0;y<8;y++)box(x*2,y*2,0,2,2,1,(x+y)%2?'white':'black')`,
  },
  {
    id: 'barber-pole',
    text: 'A square pole of 3×3×20 with level stripes, red and white in turn, each two voxels high, red at the bottom.',
    grade: (m) => [
      sized(m, 3, 3, 20),
      must(
        [...Array(20).keys()].every((z) => m.is(1, 0, z, Math.floor(z / 2) % 2 ? 'white' : 'red')),
        'a stripe has the wrong colour',
      ),
      within('red voxels', m.count('red'), 90),
      within('white voxels', m.count('white'), 90),
    ],
    build: [{ parts: [{ size: [3, 3, 20], color: { stripes: ['red', 'white'], width: 2 } }] }],
    run: `${BOX}for(let i=0;i<10;i++)box(0,0,i*2,3,3,2,i%2?'white':'red')`,
  },
  {
    id: 'step-pyramid',
    text: 'A gold step pyramid of six levels, each one voxel high: 11×11 at the bottom, then 9×9, 7×7, 5×5, 3×3, and one voxel at the top, all centred.',
    grade: (m) => [
      sized(m, 11, 11, 6),
      within('gold voxels', m.count('gold'), 286),
      must(
        [0, 1, 2, 3, 4, 5].every(
          (z) => m.filled([z, z, z], [10 - z, 10 - z, z]) === (11 - 2 * z) ** 2,
        ),
        'a level has the wrong size',
      ),
    ],
    build: [{ parts: [{ shape: 'pyramid', size: [11, 11, 6], color: 'gold' }] }],
    run: `${BOX}for(let i=0;i<6;i++)box(i,i,i,11-2*i,11-2*i,1,'gold')`,
  },
  {
    id: 'ring',
    text: 'An orange ring (torus) lying flat, 21 voxels across and 5 high, with an open middle.',
    grade: (m) => [
      sized(m, 21, 21, 5),
      within('orange voxels', m.count('orange'), 800, 1200),
      must(m.filled([8, 8, 0], [12, 12, 4]) === 0, 'its middle is not open'),
      must(
        [0, 1, 2].every((axis) => m.symmetrical(axis as 0 | 1 | 2)),
        'it is not symmetrical',
      ),
      within('pieces', m.pieces(), 1),
      within('colours', m.colors().length, 1),
    ],
    build: [{ parts: [{ shape: 'torus', size: [21, 21, 5], color: 'orange' }] }],
    run: `for(let x=-10;x<11;x++)for(let y=-10;y<11;y++)for(let z=-2;z<3;z++)if((Math.hypot(x,y)-8)**2+z*z<=6.25)volume.set(x,y,z,'orange')`,
  },
  {
    id: 'dusk-column',
    text: 'A square column of 6×6×24 whose colour goes evenly from navy at the bottom to white at the top, one colour to each level.',
    grade: (m) => [
      sized(m, 6, 6, 24),
      within('voxels', m.count(), 864),
      must(m.is(0, 0, 0, 'navy') && m.is(5, 5, 23, 'white'), 'its ends have other colours'),
      within('colours', m.colors().length, 24),
      must(
        [...Array(23).keys()].every((z) => (m.at(2, 2, z) & 255) < (m.at(2, 2, z + 1) & 255)),
        'it does not grow lighter upwards',
      ),
      must(
        [...Array(24).keys()].every((z) => m.at(0, 0, z) === m.at(5, 3, z)),
        'a level has several colours',
      ),
    ],
    build: [{ parts: [{ size: [6, 6, 24], color: { gradient: ['navy', 'white'] } }] }],
    run: `${BOX}for(let z=0;z<24;z++){const t=z/23;box(0,0,z,6,6,1,[255*t|0,255*t|0,128+127*t|0,255])}`,
  },
  {
    id: 'arch',
    text: 'A slategray arch, 13 wide (x), 3 deep and 9 high, with a round-topped opening through its middle: 9 wide at the ground, at least 6 high in the middle, closed above.',
    grade: (m) => [
      sized(m, 13, 3, 9),
      must(
        [...Array(13).keys()].every((x) => m.height(x, 1) === 9),
        'its top is not flat and closed',
      ),
      must(
        [2, 3, 4, 5, 6, 7, 8, 9, 10].every((x) => m.at(x, 1, 0) === 0) && m.at(1, 1, 0) !== 0,
        'the opening is not 9 wide at the ground',
      ),
      must(m.filled([6, 0, 0], [6, 2, 5]) === 0, 'the opening is not 6 high'),
      must(m.at(2, 1, 7) !== 0, 'the opening is not round'),
      must(m.symmetrical(0) && m.symmetrical(1), 'it is not symmetrical'),
      must(m.count() === m.count('slategray'), 'it has other colours'),
    ],
    build: [
      {
        parts: [
          { size: [13, 3, 9], color: 'slategray' },
          { shape: 'cylinder', axis: 'y', size: [9, 3, 9], at: [2, 0, -2], mode: 'sub' },
          { size: [9, 3, 3], at: [2, 0, 0], mode: 'sub' },
        ],
      },
    ],
    run: `${BOX}box(0,0,0,13,3,9,'slategray');box(2,0,0,9,3,3,null);for(let x=-4;x<5;x++)for(let z=0;z<5;z++)if(x*x+z*z<20)box(x+6,0,z+2,1,3,1,null)`,
  },
];

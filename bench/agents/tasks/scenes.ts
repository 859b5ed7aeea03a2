import { BOX, must, sized, type Task, within } from '../task.js';

/* Scenes: many of one kind, and kinds with respect to each other. */

export const scenes: readonly Task[] = [
  {
    id: 'grove',
    text: 'A lawn of 36×36×1 in green with nine trees on it in a grid of 3×3, 12 voxels from each other, left and right and front and back alike: each a trunk of 2×2×6 in saddlebrown and on it a solid ball 8 across in forestgreen.',
    grade: (m) => [
      sized(m, 36, 36, 15),
      within('green voxels', m.count('green'), 1296),
      within('trunks', m.pieces('saddlebrown'), 9),
      within('crowns', m.pieces('forestgreen'), 9),
      within('saddlebrown voxels', m.count('saddlebrown'), 9 * 24),
      within('forestgreen voxels', m.count('forestgreen'), 9 * 240, 9 * 300),
      must(m.symmetrical(0) && m.symmetrical(1), 'it is not symmetrical'),
      within('pieces', m.pieces(), 1),
    ],
    build: [
      {
        parts: [
          { name: 'lawn', size: [36, 36, 1], color: 'green' },
          { use: 'tree', on: 'lawn', repeat: { grid: [3, 3], gap: 4 } },
        ],
        define: {
          tree: [
            { name: 'trunk', size: [2, 2, 6], color: 'saddlebrown' },
            { shape: 'sphere', size: 8, on: 'trunk', color: 'forestgreen' },
          ],
        },
      },
    ],
    run: `${BOX}box(0,0,0,36,36,1,'green');for(let i=0;i<3;i++)for(let j=0;j<3;j++){const X=6+12*i,Y=6+12*j;box(X-1,Y-1,1,2,2,6,'saddlebrown');for(let x=-4;x<4;x++)for(let y=-4;y<4;y++)for(let z=0;z<8;z++)if((x+.5)**2+(y+.5)**2+(z-3.5)**2<=16)volume.set(X+x,Y+y,7+z,'forestgreen')}`,
  },
  {
    id: 'stone-circle',
    text: 'A round lawn 31 across and 1 high in olivedrab with a circle of eight darkgray stones of 3×3×7 on it, their middles 12 voxels from the middle of the lawn, evenly around it, the first in the direction of +x.',
    grade: (m) => [
      sized(m, 31, 31, 8),
      within('stones', m.pieces('darkgray'), 8),
      within('darkgray voxels', m.count('darkgray'), 504),
      within('olivedrab voxels', m.count('olivedrab'), 700, 800),
      must(
        m.height(27, 15) === 8 &&
          m.height(15, 27) === 8 &&
          m.height(3, 15) === 8 &&
          m.height(23, 23) === 8,
        'a stone is at the wrong place',
      ),
      must(m.symmetrical(0) && m.symmetrical(1), 'it is not even'),
    ],
    build: [
      {
        parts: [
          { name: 'lawn', shape: 'cylinder', size: [31, 31, 1], color: 'olivedrab' },
          { size: [3, 3, 7], on: 'lawn', repeat: { ring: 8, radius: 12 }, color: 'darkgray' },
        ],
      },
    ],
    run: `${BOX}for(let x=-15;x<16;x++)for(let y=-15;y<16;y++)if(x*x+y*y<=240.25)volume.set(x,y,0,'olivedrab');for(const[x,y]of[[12,0],[8,8],[0,12],[-8,8],[-12,0],[-8,-8],[0,-12],[8,-8]])box(x-1,y-1,1,3,3,7,'darkgray')`,
  },
  {
    id: 'street',
    text: 'A row of five equal houses along x, 3 voxels between their walls, on a lightgray strip of 49×9×1: each house is a solid block of 7×7×6 in wheat with a maroon pyramid roof of 7×7 at its base and 4 high; the row stands in the middle of the strip.',
    grade: (m) => [
      sized(m, 49, 9, 11),
      within('lightgray voxels', m.count('lightgray'), 441),
      within('houses', m.pieces('wheat'), 5),
      within('wheat voxels', m.count('wheat'), 5 * 294),
      within('roofs', m.pieces('maroon'), 5),
      must(
        m.filled([8, 0, 1], [8, 8, 10]) === 0 && m.filled([1, 1, 1], [7, 7, 6]) === 294,
        'a house is at the wrong place',
      ),
      must(m.symmetrical(0) && m.symmetrical(1), 'it is not even'),
    ],
    build: [
      {
        parts: [
          { name: 'strip', size: [49, 9, 1], color: 'lightgray' },
          {
            name: 'houses',
            size: [7, 7, 6],
            on: 'strip',
            repeat: { along: 'x', count: 5, gap: 3 },
            color: 'wheat',
          },
          { shape: 'pyramid', size: [7, 7, 4], on: 'houses', each: true, color: 'maroon' },
        ],
      },
    ],
    run: `${BOX}box(0,0,0,49,9,1,'lightgray');for(let i=0;i<5;i++){const x=1+i*10;box(x,1,1,7,7,6,'wheat');for(let k=0;k<4;k++)box(x+k,1+k,7+k,7-2*k,7-2*k,1,'maroon')}`,
  },
  {
    id: 'garden',
    text: 'A garden of 19×19×1 in lawngreen with a fence on its edge: posts of 1×1×4 in saddlebrown every third voxel along all four edges, corners included, and one rail of one voxel in burlywood that goes all around between the posts, two voxels above the lawn (the second voxel above it).',
    grade: (m) => [
      sized(m, 19, 19, 5),
      within('lawngreen voxels', m.count('lawngreen'), 361),
      within('posts', m.pieces('saddlebrown'), 24),
      within('saddlebrown voxels', m.count('saddlebrown'), 96),
      within('burlywood voxels', m.count('burlywood'), 48),
      must(
        m.is(1, 0, 2, 'burlywood') && m.is(0, 0, 2, 'saddlebrown') && m.is(3, 18, 4, 'saddlebrown'),
        'the rail or a post is at the wrong place',
      ),
    ],
    build: [
      {
        parts: [
          { name: 'lawn', size: [19, 19, 1], color: 'lawngreen' },
          {
            size: [19, 19, 1],
            on: 'lawn',
            offset: [0, 0, 1],
            hollow: 1,
            open: ['top', 'bottom'],
            color: 'burlywood',
          },
          {
            size: [1, 1, 4],
            on: 'lawn',
            repeat: { edges_of: 'lawn', gap: 2 },
            color: 'saddlebrown',
          },
        ],
      },
    ],
    run: `${BOX}box(0,0,0,19,19,1,'lawngreen');box(0,0,2,19,19,1,'burlywood');box(1,1,2,17,17,1,null);for(let i=0;i<19;i+=3)for(const j of[0,18]){box(i,j,1,1,1,4,'saddlebrown');box(j,i,1,1,1,4,'saddlebrown')}`,
  },
  {
    id: 'island',
    text: 'An island: a square of water of 33×33×2 in royalblue; in its middle, on the water, a sandybrown half ball 21 across and 6 to 10 high with its flat side down; on its top a palm: a trunk of 1×1×8 in saddlebrown that begins on the sand, and on it a crown in limegreen: a flat cross of 7×7×1 with bars one voxel wide, and one voxel on its middle.',
    grade: (m) => [
      must(m.size[0] === 33 && m.size[1] === 33, `is ${m.size.join('×')}`),
      within('royalblue voxels', m.count('royalblue'), 2178),
      must(
        m.part('sandybrown').size[0] === 21 && m.part('sandybrown').min.join() === '6,6,2',
        'the sand is not in the middle',
      ),
      within('height of the sand', m.part('sandybrown').size[2], 6, 10),
      must(
        m.part('saddlebrown').size.join() === '1,1,8' && m.part('saddlebrown').min[0] === 16,
        'the trunk is not in the middle',
      ),
      within('limegreen voxels', m.count('limegreen'), 14),
      must(m.part('limegreen').size.join() === '7,7,2', 'the crown is not a cross with a top'),
      within('pieces', m.pieces(), 1),
      must(m.symmetrical(0) && m.symmetrical(1), 'it is not even'),
    ],
    build: [
      {
        parts: [
          { name: 'sea', size: [33, 33, 2], color: 'royalblue' },
          { name: 'sand', shape: 'dome', size: [21, 21, 7], on: 'sea', color: 'sandybrown' },
          { name: 'trunk', size: [1, 1, 8], on: 'sand', color: 'saddlebrown' },
          { size: [7, 1, 1], on: 'trunk', color: 'limegreen' },
          { size: [1, 7, 1], on: 'trunk', color: 'limegreen' },
          { size: 1, on: 'trunk', offset: [0, 0, 1], color: 'limegreen' },
        ],
      },
    ],
    run: `${BOX}box(0,0,0,33,33,2,'royalblue');for(let x=-10;x<11;x++)for(let y=-10;y<11;y++)for(let z=0;z<7;z++)if((x*x+y*y)/110.25+((z+.5)/7)**2<=1)volume.set(16+x,16+y,2+z,'sandybrown');box(16,16,9,1,1,8,'saddlebrown');box(13,16,17,7,1,1,'limegreen');box(16,13,17,1,7,1,'limegreen');volume.set(16,16,18,'limegreen')`,
  },
];

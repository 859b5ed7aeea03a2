import { BOX, must, sized, type Task, within } from '../task.js';

/* Buildings: parts that stand on, lie in and repeat along each other. */

const DISC =
  'const disc=(cx,cy,z,h,r,c)=>{for(let x=Math.floor(cx-r);x<=cx+r;x++)for(let y=Math.floor(cy-r);y<=cy+r;y++)if((x-cx)**2+(y-cy)**2<=r*r)volume.fillBox([x,y,z],[x,y,z+h-1],c)};';

export const buildings: readonly Task[] = [
  {
    id: 'house',
    text: 'A house: a floor of 12×10×1 in sienna, on it walls in whitesmoke, 6 high and one voxel thick, around its edge and open at the top, with a door opening 2 wide and 4 high in the middle of the front (lowest y); on the walls a firebrick pyramid roof of 14×12 at its base and 5 high that closes the house.',
    grade: (m) => [
      sized(m, 14, 12, 12),
      within('sienna voxels', m.count('sienna'), 120),
      within('whitesmoke voxels', m.count('whitesmoke'), 40 * 6 - 8),
      must(m.filled([6, 1, 1], [7, 1, 4]) === 0, 'the door is not open'),
      must(m.filled([2, 2, 1], [11, 9, 6]) === 0, 'there is no room inside'),
      must(m.filled([0, 0, 7], [13, 11, 7]) === 168, 'the roof does not close it'),
      within('firebrick voxels', m.count('firebrick'), 300, 700),
      within('pieces', m.pieces(), 1),
    ],
    build: [
      {
        parts: [
          { name: 'floor', size: [12, 10, 1], color: 'sienna' },
          {
            name: 'walls',
            size: [12, 10, 6],
            on: 'floor',
            hollow: 1,
            open: ['top', 'bottom'],
            color: 'whitesmoke',
          },
          { size: [2, 1, 4], mode: 'sub', against: 'walls', side: 'front', inside: true },
          { shape: 'pyramid', size: [14, 12, 5], on: 'walls', color: 'firebrick' },
        ],
      },
    ],
    run: `${BOX}box(0,0,0,12,10,1,'sienna');box(0,0,1,12,10,6,'whitesmoke');box(1,1,1,10,8,6,null);box(5,0,1,2,1,4,null);for(let i=0;i<5;i++)box(i-1,i-1,7+i,14-2*i,12-2*i,1,'firebrick')`,
  },
  {
    id: 'castle',
    text: 'A castle: walls of a square of 40×40 and 10 high, 2 thick, open at the top and without a floor, in gray; a round tower 9 across and 16 high in dimgray centred as nearly as can be on each of the four corners; and a gate 6 wide and 7 high cut through the middle of the front wall (lowest y) from the ground. Left and right are alike.',
    grade: (m) => [
      sized(m, m.size[0], m.size[0], 16),
      within('width', m.size[0], 47, 49),
      must(m.symmetrical(0), 'it is not symmetrical'),
      within('towers', m.pieces('dimgray'), 4),
      within('dimgray voxels', m.count('dimgray'), 4 * 16 * 50, 4 * 16 * 81),
      must(
        [
          [5, 5],
          [-6, 5],
          [5, -6],
          [-6, -6],
        ].every(
          ([x, y]) => m.height((x! + m.size[0]) % m.size[0], (y! + m.size[1]) % m.size[1]) === 16,
        ),
        'a tower is missing',
      ),
      must(
        m.filled([m.size[0] / 2 - 3, 3, 0], [m.size[0] / 2 + 2, 7, 6]) === 0,
        'the gate is not open',
      ),
      must(m.at(m.size[0] / 2, 4, 7) !== 0, 'the gate has no lintel'),
      must(
        m.filled([12, 12, 0], [m.size[0] - 13, m.size[1] - 13, 15]) === 0,
        'the yard is not free',
      ),
      within('gray voxels', m.count('gray'), 2000, 40 * 4 * 2 * 10),
      within('pieces', m.pieces(), 1),
      within('colours', m.colors().length, 2),
    ],
    build: [
      {
        parts: [
          { name: 'walls', size: [40, 40, 10], hollow: 2, open: ['top', 'bottom'], color: 'gray' },
          {
            shape: 'cylinder',
            size: [9, 9, 16],
            repeat: { corners_of: 'walls' },
            color: 'dimgray',
          },
          { size: [6, 2, 7], mode: 'sub', against: 'walls', side: 'front', inside: true },
        ],
      },
    ],
    run: `${BOX}${DISC}box(0,0,0,40,40,10,'gray');box(2,2,0,36,36,10,null);for(const x of[0,39])for(const y of[0,39])disc(x,y,0,16,4.5,'dimgray');box(17,0,0,6,2,7,null)`,
  },
  {
    id: 'lighthouse',
    text: 'A lighthouse: a round tower 9 across and 24 high with level stripes 4 high, red and white in turn, red at the bottom; on it a gallery, a disc 13 across and 1 high in black; on that a lamp, a yellow ball 5 across. Centred, one piece.',
    grade: (m) => [
      sized(m, 13, 13, 30),
      must(
        [...Array(24).keys()].every((z) => m.is(6, 6, z, Math.floor(z / 4) % 2 ? 'white' : 'red')),
        'a stripe is wrong',
      ),
      must(
        m.part('red').size[0] === 9 && m.part('white').size[1] === 9,
        'the tower is not 9 across',
      ),
      within('black voxels', m.count('black'), 110, 150),
      must(m.part('yellow').size.join() === '5,5,5', 'the lamp is not 5 across'),
      must(m.symmetrical(0) && m.symmetrical(1), 'it is not round'),
      within('pieces', m.pieces(), 1),
    ],
    build: [
      {
        parts: [
          {
            name: 'tower',
            shape: 'cylinder',
            size: [9, 9, 24],
            color: { stripes: ['red', 'white'], width: 4 },
          },
          { name: 'gallery', shape: 'cylinder', size: [13, 13, 1], on: 'tower', color: 'black' },
          { shape: 'sphere', size: 5, on: 'gallery', color: 'yellow' },
        ],
      },
    ],
    run: `${DISC}for(let i=0;i<6;i++)disc(0,0,i*4,4,4.5,i%2?'white':'red');disc(0,0,24,1,6.5,'black');for(let i=-2;i<3;i++)disc(0,0,27+i,1,Math.sqrt(6.25-i*i),'yellow')`,
  },
  {
    id: 'arch-bridge',
    text: 'An arch bridge along x, 40 long, 6 wide and 10 high, in rosybrown: solid but for three round-topped openings through its width (y), each 10 wide at the ground and 7 high, evenly spread with equal pillars between them and at the ends (two of 2 or 3 voxels at the ends are fine); on top, along both long edges, a parapet one voxel thick and one high in dimgray.',
    grade: (m) => [
      sized(m, 40, 6, 11),
      within('dimgray voxels', m.count('dimgray'), 80),
      must(
        m.filled([0, 0, 10], [39, 0, 10]) === 40 && m.filled([0, 5, 10], [39, 5, 10]) === 40,
        'the parapets are not along the edges',
      ),
      must(m.filled([0, 0, 8], [39, 5, 9]) === 480, 'the deck is not whole'),
      within('open voxels on the ground', 240 - m.filled([0, 0, 0], [39, 5, 0]), 180),
      must(m.symmetrical(0) && m.symmetrical(1), 'it is not symmetrical'),
      must(m.at(19, 3, 6) === 0 && m.at(15, 3, 6) !== 0, 'the openings are not round and 7 high'),
      must(m.at(7, 3, 0) === 0 && m.at(32, 3, 0) === 0, 'there are not three openings'),
      within('pieces', m.pieces(), 1),
    ],
    build: [
      {
        parts: [
          { name: 'deck', size: [40, 6, 10], color: 'rosybrown' },
          {
            size: [10, 6, 2],
            mode: 'sub',
            inside: 'deck',
            repeat: { along: 'x', count: 3, over: 'deck' },
          },
          {
            shape: 'cylinder',
            axis: 'y',
            size: [10, 6, 10],
            mode: 'sub',
            inside: 'deck',
            offset: [0, 0, -3],
            repeat: { along: 'x', count: 3, over: 'deck' },
          },
          {
            size: [40, 1, 1],
            on: 'deck',
            align: 'front',
            mirror: { axis: 'y', about: 'deck' },
            color: 'dimgray',
          },
        ],
      },
    ],
    run: `${BOX}box(0,0,0,40,6,10,'rosybrown');for(const s of[2,15,28])for(let x=0;x<10;x++)for(let z=0;z<7;z++)if(z<2||(x-4.5)**2+(z-1.5)**2<=25)box(s+x,0,z,1,6,1,null);box(0,0,10,40,1,1,'dimgray');box(0,5,10,40,1,1,'dimgray')`,
  },
  {
    id: 'battlements',
    text: 'A wall of 30×3×8 in gray with eight merlons of 2×3×2 in dimgray on its top, evenly spread with gaps of 2 voxels, the first and the last flush with the ends.',
    grade: (m) => [
      sized(m, 30, 3, 10),
      within('gray voxels', m.count('gray'), 720),
      within('dimgray voxels', m.count('dimgray'), 96),
      within('merlons', m.pieces('dimgray'), 8),
      must(
        [...Array(30).keys()].every((x) => m.height(x, 1) === (x % 4 < 2 ? 10 : 8)),
        'a merlon is at the wrong place',
      ),
    ],
    build: [
      {
        parts: [
          { name: 'wall', size: [30, 3, 8], color: 'gray' },
          {
            size: [2, 3, 2],
            on: 'wall',
            repeat: { along: 'x', count: 8, gap: 2 },
            color: 'dimgray',
          },
        ],
      },
    ],
    run: `${BOX}box(0,0,0,30,3,8,'gray');for(let i=0;i<8;i++)box(i*4,0,8,2,3,2,'dimgray')`,
  },
  {
    id: 'windmill',
    text: 'A windmill: a round white tower 9 across and 16 high, on it a brown cone 11 across and 6 high; in front of the tower (lower y) a cross of four sails in peru, one voxel deep, 21 wide and 21 high, its bars 1 wide, touching the tower, its middle at the height of the 14th voxel.',
    grade: (m) => [
      within('width', m.size[0], 21),
      within('height', m.size[2], 24),
      within('peru voxels', m.count('peru'), 41),
      must(m.part('peru').size.join() === '21,1,21', 'the cross is not 21×1×21'),
      must(m.part('peru').min[1] === 0 || m.part('peru').min[1] === 1, 'the cross is not in front'),
      within('white voxels', m.count('white'), 800, 1200),
      within('brown voxels', m.count('brown'), 120, 400),
      must(m.symmetrical(0), 'it is not symmetrical'),
      within('pieces', m.pieces(), 1),
    ],
    build: [
      {
        parts: [
          { name: 'tower', shape: 'cylinder', size: [9, 9, 16], color: 'white' },
          { shape: 'cone', size: [11, 11, 6], on: 'tower', color: 'brown' },
          { size: [21, 1, 1], in_front_of: 'tower', offset: [0, 0, 13], color: 'peru' },
          { size: [1, 1, 21], in_front_of: 'tower', offset: [0, 0, 3], color: 'peru' },
        ],
      },
    ],
    run: `${BOX}${DISC}disc(4,4,0,16,4.5,'white');for(let i=0;i<6;i++)disc(4,4,16+i,1,5.5-i*.9,'brown');box(-6,-1,13,21,1,1,'peru');box(4,-1,3,1,1,21,'peru')`,
  },
  {
    id: 'skyscraper',
    text: 'A solid skyscraper of 14×12×40 in steelblue; on its front (lowest y) 36 windows painted in khaki, each 1 wide and 2 high: 4 in a row and 9 rows, evenly spread, left and right alike, none at an edge.',
    grade: (m) => [
      sized(m, 14, 12, 40),
      within('voxels', m.count(), 6720),
      within('windows', m.pieces('khaki'), 36),
      within('khaki voxels', m.count('khaki'), 72),
      must(
        m.part('khaki').min[1] === 0 && m.part('khaki').size[1] === 1,
        'the windows are not on the front',
      ),
      must(m.symmetrical(0), 'it is not symmetrical'),
      must(m.count('steelblue') === 6648, 'it has other colours'),
    ],
    build: [
      {
        parts: [
          { name: 'tower', size: [14, 12, 40], color: 'steelblue' },
          {
            size: [1, 1, 2],
            mode: 'paint',
            against: 'tower',
            side: 'front',
            inside: true,
            align: 'middle',
            repeat: { grid: [4, 1, 9], gap: 2 },
            color: 'khaki',
          },
        ],
      },
    ],
    run: `${BOX}box(0,0,0,14,12,40,'steelblue');for(let i=0;i<4;i++)for(let k=0;k<9;k++)box(2+i*3,0,3+k*4,1,1,2,'khaki')`,
  },
  {
    id: 'temple',
    text: 'A temple: a base of 26×16×2 in beige; on it 12 square columns of 2×2×9 in ivory along its edges, evenly spread: five along each long side and three along each short side, the corners counted with both; on the columns a slab of 26×16×2 in beige and on it a pyramid roof in sandybrown as wide as the slab and 5 high.',
    grade: (m) => [
      sized(m, 26, 16, 18),
      must(
        m.filled([0, 0, 0], [25, 15, 1]) === 832 && m.filled([0, 0, 11], [25, 15, 12]) === 832,
        'the base or the slab is not whole',
      ),
      within('columns', m.pieces('ivory'), 12),
      within('ivory voxels', m.count('ivory'), 12 * 36),
      must(m.filled([2, 2, 2], [23, 13, 10]) === 0, 'the room between the columns is not free'),
      within('beige voxels', m.count('beige'), 1664),
      within('sandybrown voxels', m.count('sandybrown'), 800, 1500),
      must(m.symmetrical(0) && m.symmetrical(1), 'it is not symmetrical'),
      within('pieces', m.pieces(), 1),
    ],
    build: [
      {
        parts: [
          { name: 'base', size: [26, 16, 2], color: 'beige' },
          {
            name: 'columns',
            size: [2, 2, 9],
            on: 'base',
            repeat: { edges_of: 'base', gap: 4 },
            color: 'ivory',
          },
          { name: 'slab', size: [26, 16, 2], on: 'columns', color: 'beige' },
          { shape: 'pyramid', size: [26, 16, 5], on: 'slab', color: 'sandybrown' },
        ],
      },
    ],
    run: `${BOX}box(0,0,0,26,16,2,'beige');for(const x of[0,6,12,18,24])for(const y of[0,14])box(x,y,2,2,2,9,'ivory');for(const x of[0,24])box(x,7,2,2,2,9,'ivory');box(0,0,11,26,16,2,'beige');for(let i=0;i<5;i++)box(i*2,i,13+i,26-i*4,16-i*2,1,'sandybrown')`,
  },
  {
    id: 'pool',
    text: 'A pool: a basin of 12×10×4 in white with walls and a floor one voxel thick, open at the top, filled with dodgerblue water two voxels deep.',
    grade: (m) => [
      sized(m, 12, 10, 4),
      within('white voxels', m.count('white'), 480 - 240),
      within('dodgerblue voxels', m.count('dodgerblue'), 160),
      must(
        m.is(5, 5, 1, 'dodgerblue') && m.is(5, 5, 2, 'dodgerblue') && m.at(5, 5, 3) === 0,
        'the water is not two deep',
      ),
    ],
    build: [
      {
        parts: [
          { name: 'pool', size: [12, 10, 4], hollow: 1, open: 'top', color: 'white' },
          { fill: 'pool', height: 3, color: 'dodgerblue' },
        ],
      },
    ],
    run: `${BOX}box(0,0,0,12,10,4,'white');box(1,1,1,10,8,3,null);box(1,1,1,10,8,2,'dodgerblue')`,
  },
];

import { BOX, must, sized, type Task, within } from '../task.js';

/* Things of a few parts: proportions, symmetry, details of another colour. */

export const things: readonly Task[] = [
  {
    id: 'table',
    text: 'A table in peru: a top of 12×8×1 on four legs of 1×1×6 that stand exactly under its corners.',
    grade: (m) => [
      sized(m, 12, 8, 7),
      within('peru voxels', m.count('peru'), 96 + 24),
      must(m.filled([0, 0, 6], [11, 7, 6]) === 96, 'the top is not whole'),
      must(
        [
          [0, 0],
          [11, 0],
          [0, 7],
          [11, 7],
        ].every(([x, y]) => m.filled([x!, y!, 0], [x!, y!, 5]) === 6),
        'a leg is missing',
      ),
    ],
    build: [
      {
        parts: [
          { name: 'top', size: [12, 8, 1], at: [0, 0, 6], color: 'peru' },
          { size: [1, 1, 6], under: 'top', repeat: { corners_of: 'top', inset: 0 }, color: 'peru' },
        ],
      },
    ],
    run: `${BOX}box(0,0,6,12,8,1,'peru');for(const x of[0,11])for(const y of[0,7])box(x,y,0,1,1,6,'peru')`,
  },
  {
    id: 'chair',
    text: 'A chair: a seat of 6×6×1 in tomato on four legs of 1×1×5 in saddlebrown under its corners, and a back of 6×1×6 in tomato that stands on the rear edge (highest y) of the seat.',
    grade: (m) => [
      sized(m, 6, 6, 12),
      within('tomato voxels', m.count('tomato'), 72),
      within('saddlebrown voxels', m.count('saddlebrown'), 20),
      must(m.filled([0, 5, 6], [5, 5, 11]) === 36, 'the back is not on the rear edge'),
      within('pieces', m.pieces(), 1),
    ],
    build: [
      {
        parts: [
          { name: 'seat', size: [6, 6, 1], at: [0, 0, 5], color: 'tomato' },
          {
            size: [1, 1, 5],
            under: 'seat',
            repeat: { corners_of: 'seat', inset: 0 },
            color: 'saddlebrown',
          },
          { size: [6, 1, 6], on: 'seat', align: 'back', color: 'tomato' },
        ],
      },
    ],
    run: `${BOX}box(0,0,5,6,6,1,'tomato');box(0,5,6,6,1,6,'tomato');for(const x of[0,5])for(const y of[0,5])box(x,y,0,1,1,5,'saddlebrown')`,
  },
  {
    id: 'mushroom',
    text: 'A mushroom: an ivory stem of 5×5 voxels (round or square) and 8 high, on it a red cap, a half ball 15 across and 7 or 8 high with its flat side down, with at least five white voxels painted into its surface. One piece, centred, nothing else.',
    grade: (m) => [
      must(
        m.size[0] === 15 && m.size[1] === 15 && m.size[2] >= 15 && m.size[2] <= 16,
        `is ${m.size.join('×')}`,
      ),
      within('ivory voxels', m.count('ivory'), 8 * 13, 8 * 25),
      within('red voxels', m.count('red'), 600, 1000),
      within('white voxels', m.count('white'), 5, 60),
      must(
        m.count() === m.count('ivory') + m.count('red') + m.count('white'),
        'it has other colours',
      ),
      must(m.part('red').size[0] === 15 && m.part('ivory').min[0] === 5, 'it is not centred'),
      within('pieces', m.pieces(), 1),
    ],
    build: [
      {
        parts: [
          { name: 'stem', shape: 'cylinder', size: [5, 5, 8], color: 'ivory' },
          { name: 'cap', shape: 'dome', size: [15, 15, 7], on: 'stem', color: 'red' },
          { size: 3, mode: 'paint', on: 'stem', offset: [0, 0, 5], color: 'white' },
          {
            size: [2, 2, 2],
            mode: 'paint',
            centered_on: 'cap',
            repeat: { ring: 4, radius: 7 },
            color: 'white',
          },
        ],
      },
    ],
    run: `const near=(x,y,z,a,b,c)=>(x-a)**2+(y-b)**2+(z-c)**2<2;for(let x=-7;x<8;x++)for(let y=-7;y<8;y++)for(let z=0;z<16;z++){if(z<8){if(x*x+y*y<7)volume.set(x,y,z,'ivory')}else if(x*x+y*y+(z-7.5)**2<=56.25)volume.set(x,y,z,near(x,y,z,0,0,14)||near(Math.abs(x),y,z,6,0,10)||near(x,Math.abs(y),z,0,6,10)?'white':'red')}`,
  },
  {
    id: 'snowman',
    text: 'A snowman: three white balls on top of each other, 11, 9 and 7 across, centred, each resting on or sinking into the one below by at most two voxels; an orange nose 3 long that points to the front (lowest y) from the middle of the head, and two black voxels as eyes on the front of the head, one voxel above the nose, mirrored about the middle.',
    grade: (m) => [
      within('width', m.size[0], 11),
      within('height', m.size[2], 23, 27),
      within('black voxels', m.count('black'), 2),
      within('orange voxels', m.count('orange'), 3),
      must(m.part('orange').size.join() === '1,3,1', 'the nose does not point to the front'),
      must(
        m.part('black').min[2] === m.part('orange').min[2] + 1,
        'the eyes are not above the nose',
      ),
      must(m.part('orange').min[2] + 4 === m.size[2], 'the nose is not in the middle of the head'),
      within('white voxels', m.count('white'), 1100, 1500),
      must(m.symmetrical(0), 'it is not symmetrical'),
      within('pieces', m.pieces(), 1),
    ],
    build: [
      {
        parts: [
          { name: 'base', shape: 'sphere', size: 11, color: 'white' },
          { name: 'belly', shape: 'sphere', size: 9, on: 'base', gap: -1, color: 'white' },
          { name: 'head', shape: 'sphere', size: 7, on: 'belly', gap: -1, color: 'white' },
          {
            size: 1,
            mode: 'paint',
            against: 'head',
            side: 'front',
            inside: true,
            align: 'middle',
            offset: [-1, 0, 1],
            mirror: { axis: 'x', about: 'head' },
            color: 'black',
          },
          { size: [1, 3, 1], against: 'head', side: 'front', align: 'middle', color: 'orange' },
        ],
      },
    ],
    run: `const ball=(z,r)=>{for(let x=-5;x<6;x++)for(let y=-5;y<6;y++)for(let k=-5;k<6;k++)if(x*x+y*y+k*k<=r*r)volume.set(x,y,z+k,'white')};ball(5,5.5);ball(14,4.5);ball(21,3.5);for(const x of[-1,1])volume.set(x,-3,22,'black');for(let i=4;i<7;i++)volume.set(0,-i,21,'orange')`,
  },
  {
    id: 'spaceship',
    text: 'A spaceship that is symmetrical about its long middle plane (left and right alike): a round silver hull at least 20 long (y), 5 to 9 wide and as high as it is wide, two crimson wings that make it at least 19 wide, two engines with deepskyblue ends at the rear (highest y), and a black cockpit window on the hull. One piece, four colours.',
    grade: (m) => [
      must(m.symmetrical(0), 'it is not symmetrical'),
      within('width', m.size[0], 19, 60),
      within('length', m.size[1], 20, 60),
      within('width of the hull', m.part('silver').size[0], 5, 9),
      within('height of the hull', m.part('silver').size[2], m.part('silver').size[0]),
      within('silver voxels', m.count('silver'), 200, 5000),
      within('crimson voxels', m.count('crimson'), 40, 2000),
      must(m.part('crimson').size[0] === m.size[0], 'the wings are not the widest part'),
      within('engines', m.pieces('deepskyblue'), 2),
      must(m.part('deepskyblue').min[1] > m.size[1] / 2, 'the engines are not at the rear'),
      within('black voxels', m.count('black'), 1, 40),
      within('pieces', m.pieces(), 1),
      within('colours', m.colors().length, 4),
    ],
    build: [
      {
        parts: [
          { name: 'hull', shape: 'capsule', axis: 'y', size: [7, 24, 7], color: 'silver' },
          {
            size: [8, 7, 1],
            left_of: 'hull',
            gap: -1,
            align: { y: 'center', z: 'center' },
            mirror: { axis: 'x', about: 'hull' },
            color: 'crimson',
          },
          {
            name: 'engine',
            shape: 'cylinder',
            axis: 'y',
            size: [3, 6, 3],
            left_of: 'hull',
            gap: -1,
            align: 'back middle',
            mirror: { axis: 'x', about: 'hull' },
            color: 'crimson',
          },
          {
            shape: 'cylinder',
            axis: 'y',
            size: [3, 1, 3],
            behind: 'engine',
            each: true,
            color: 'deepskyblue',
          },
          {
            size: [3, 3, 2],
            mode: 'paint',
            against: 'hull',
            side: 'top',
            inside: true,
            align: 'front',
            offset: [0, 3, 0],
            color: 'black',
          },
        ],
      },
    ],
    run: `${BOX}for(let y=0;y<24;y++){const r=y<3?1+y*.8:y>20?1+(23-y)*.8:3.2;for(let x=-3;x<4;x++)for(let z=-3;z<4;z++)if(x*x+z*z<=r*r+.5)volume.set(x,y,z,'silver')}box(-10,8,0,7,7,1,'crimson');box(4,8,0,7,7,1,'crimson');for(const x of[-6,4]){box(x,16,-1,3,6,3,'crimson');box(x,22,-1,3,1,3,'deepskyblue')}box(-1,4,3,3,2,1,'black')`,
  },
  {
    id: 'sword',
    text: 'A sword standing upright: a grip of 1×1×5 in saddlebrown at the bottom, on it a guard of 9×1×1 in gold, on it a blade of 3×1×18 in silver with a tip of a single silver voxel on top, all centred.',
    grade: (m) => [
      sized(m, 9, 1, 25),
      within('saddlebrown voxels', m.count('saddlebrown'), 5),
      within('gold voxels', m.count('gold'), 9),
      within('silver voxels', m.count('silver'), 55),
      must(m.is(4, 0, 24, 'silver') && m.is(4, 0, 0, 'saddlebrown'), 'it is not centred'),
      must(m.symmetrical(0), 'it is not symmetrical'),
    ],
    build: [
      {
        parts: [
          { name: 'grip', size: [1, 1, 5], color: 'saddlebrown' },
          { name: 'guard', size: [9, 1, 1], on: 'grip', color: 'gold' },
          { name: 'blade', size: [3, 1, 18], on: 'guard', color: 'silver' },
          { size: 1, on: 'blade', color: 'silver' },
        ],
      },
    ],
    run: `${BOX}box(4,0,0,1,1,5,'saddlebrown');box(0,0,5,9,1,1,'gold');box(3,0,6,3,1,18,'silver');box(4,0,24,1,1,1,'silver')`,
  },
  {
    id: 'robot',
    text: 'A robot that looks to the front (lowest y): two legs of 3×3×6 with 2 voxels between them, on them a body of 8×5×8, on it a neck of 2×2×1 and a head of 6×5×5, all centred, in steelblue; arms of 2×3×8 in gray at both sides of the body, flush with its top; two eyes of 1×1 in yellow on the front of the head, mirrored.',
    grade: (m) => [
      sized(m, 12, 5, 20),
      within('gray voxels', m.count('gray'), 96),
      within('eyes', m.pieces('yellow'), 2),
      must(
        m.part('yellow').min[1] === 0 && m.part('yellow').min[2] >= 15,
        'the eyes are not on the front of the head',
      ),
      within(
        'steelblue voxels',
        m.count('steelblue'),
        108 + 320 + 4 + 150 - 2,
        108 + 320 + 4 + 150,
      ),
      must(m.symmetrical(0), 'it is not symmetrical'),
      within('pieces', m.pieces(), 1),
    ],
    build: [
      {
        parts: [
          {
            name: 'legs',
            size: [3, 3, 6],
            repeat: { along: 'x', count: 2, gap: 2 },
            color: 'steelblue',
          },
          { name: 'body', size: [8, 5, 8], on: 'legs', color: 'steelblue' },
          { size: [2, 3, 8], left_of: 'body', mirror: { axis: 'x', about: 'body' }, color: 'gray' },
          { name: 'neck', size: [2, 2, 1], on: 'body', color: 'steelblue' },
          {
            name: 'head',
            size: [6, 5, 5],
            on: 'neck',
            align: { y: 'center' },
            offset: [0, 1, 0],
            color: 'steelblue',
          },
          {
            size: 1,
            mode: 'paint',
            against: 'head',
            side: 'front',
            inside: true,
            align: 'left middle',
            offset: [1, 0, 1],
            mirror: { axis: 'x', about: 'head' },
            color: 'yellow',
          },
        ],
      },
    ],
    run: `${BOX}const c='steelblue';box(2,1,0,3,3,6,c);box(7,1,0,3,3,6,c);box(2,0,6,8,5,8,c);box(0,1,6,2,3,8,'gray');box(10,1,6,2,3,8,'gray');box(5,1,14,2,2,1,c);box(3,0,15,6,5,5,c);for(const x of[4,7])volume.set(x,0,18,'yellow')`,
  },
  {
    id: 'heart',
    text: 'A red heart standing upright, 7 wide, 1 deep and 6 high. Rows from the top: .##.##. / ####### / ####### / .#####. / ..###.. / ...#...',
    grade: (m) => [
      sized(m, 7, 1, 6),
      must(
        ['.##.##.', '#######', '#######', '.#####.', '..###..', '...#...'].every((row, i) =>
          [...row].every((letter, x) => m.is(x, 0, 5 - i, 'red') === (letter === '#')),
        ),
        'a row is wrong',
      ),
      within('colours', m.colors().length, 1),
    ],
    build: [
      {
        parts: [
          {
            pixels: ['.##.##.', '#######', '#######', '.#####.', '..###..', '...#...'],
            color: 'red',
          },
        ],
      },
    ],
    run: `['.##.##.','#######','#######','.#####.','..###..','...#...'].forEach((r,i)=>[...r].forEach((c,x)=>{if(c==='#')volume.set(x,0,5-i,'red')}))`,
  },
  {
    id: 'car',
    text: 'A car that drives to the left (−x): a royalblue body of 18×8×4 whose bottom is 2 voxels above the ground, on it, in the middle, a cabin of 8×8×4 in lightskyblue, and four black wheels, discs 5 across and 2 thick (y), outside the body: two on each side, their middle at the height of the third voxel, their centres 5 voxels from the ends of the body.',
    grade: (m) => [
      sized(m, 18, 12, 10),
      within('royalblue voxels', m.count('royalblue'), 576),
      within('lightskyblue voxels', m.count('lightskyblue'), 256),
      within('wheels', m.pieces('black'), 4),
      within('black voxels', m.count('black'), 4 * 2 * 13, 4 * 2 * 25),
      must(
        m.part('black').size.join() === '12,12,5' ||
          m.part('black').size.join() === '14,12,5' ||
          m.part('black').size.join() === '13,12,5',
        'the wheels are at the wrong places',
      ),
      must(m.symmetrical(0) && m.symmetrical(1), 'it is not symmetrical'),
      within('pieces', m.pieces(), 1),
    ],
    build: [
      {
        parts: [
          { name: 'body', size: [18, 8, 4], at: [0, 0, 2], color: 'royalblue' },
          { size: [8, 8, 4], on: 'body', color: 'lightskyblue' },
          {
            shape: 'cylinder',
            axis: 'y',
            size: [5, 2, 5],
            in_front_of: 'body',
            align: 'left',
            offset: [2, 0, -2],
            mirror: { axis: 'xy', about: 'body' },
            color: 'black',
          },
        ],
      },
    ],
    run: `${BOX}box(0,0,2,18,8,4,'royalblue');box(5,0,6,8,8,4,'lightskyblue');for(const cx of[4,13])for(const y of[-2,8])for(let x=-2;x<3;x++)for(let z=-2;z<3;z++)if(x*x+z*z<=6)box(cx+x,y,2+z,1,2,1,'black')`,
  },
  {
    id: 'die',
    text: 'A white die of 7×7×7 that shows five on top: five black voxels painted into the top face, one in its middle and four that are one voxel away from the edges at its corners.',
    grade: (m) => [
      sized(m, 7, 7, 7),
      within('voxels', m.count(), 343),
      within('black voxels', m.count('black'), 5),
      within('white voxels', m.count('white'), 338),
      must(
        [
          [3, 3],
          [1, 1],
          [5, 1],
          [1, 5],
          [5, 5],
        ].every(([x, y]) => m.is(x!, y!, 6, 'black')),
        'a pip is missing',
      ),
    ],
    build: [
      {
        parts: [
          { name: 'die', size: 7, color: 'white' },
          {
            name: 'pip',
            size: 1,
            mode: 'paint',
            against: 'die',
            side: 'top',
            inside: true,
            color: 'black',
          },
          {
            size: 1,
            mode: 'paint',
            offset: [0, 0, 6],
            repeat: { corners_of: 'die', inset: 1 },
            color: 'black',
          },
        ],
      },
    ],
    run: `${BOX}box(0,0,0,7,7,7,'white');for(const[x,y]of[[3,3],[1,1],[5,1],[1,5],[5,5]])volume.set(x,y,6,'black')`,
  },
  {
    id: 'sign',
    text: 'A sign: an upright board in saddlebrown, 13 wide, 1 deep and 9 high; in front of it (lower y), in relief one voxel deep, the letters HI in white, 5 high, in the middle of the board.',
    grade: (m) => [
      sized(m, 13, 2, 9),
      must(m.filled([0, 1, 0], [12, 1, 8]) === 117, 'the board is not whole'),
      within('letters', m.pieces('white'), 2),
      must(
        m.part('white').size[2] === 5 && m.part('white').size[1] === 1,
        'the letters are not 5 high and 1 deep',
      ),
      must(
        m.part('white').min[1] === 0 && m.part('white').min[2] === 2,
        'the letters are not in the middle of the front',
      ),
      within('white voxels', m.count('white'), 16, 24),
      within('saddlebrown voxels', m.count('saddlebrown'), 117),
    ],
    build: [
      {
        parts: [
          { name: 'board', size: [13, 1, 9], color: 'saddlebrown' },
          { text: 'HI', in_front_of: 'board', align: 'middle', color: 'white' },
        ],
      },
    ],
    run: `${BOX}box(0,1,0,13,1,9,'saddlebrown');['#.#.###','#.#..#.','###..#.','#.#..#.','#.#.###'].forEach((r,i)=>[...r].forEach((c,x)=>{if(c==='#')volume.set(x+3,0,6-i,'white')}))`,
  },
];

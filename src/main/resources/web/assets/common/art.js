import {html, svg} from '../vendor/lit-html/lit-html.js';

/** Each palette is a background and three colours on it. */
const PALETTES = [
  ['#2340e8', '#ffd60a', '#b9c6ff', '#ff6a3d'],
  ['#ff6a3d', '#1b1b18', '#ffd9c7', '#ffd60a'],
  ['#0d6b52', '#ffd60a', '#bdeedd', '#0a3d31'],
  ['#5a36c4', '#ff8fb1', '#ddd2ff', '#ffd60a'],
  ['#1b1b18', '#ffd60a', '#f5f5f2', '#ff6a3d'],
  ['#bfe3ff', '#2340e8', '#ffffff', '#ff6a3d'],
  ['#ffc9b8', '#c2261b', '#fff4ec', '#2340e8'],
];

const SIZE = 400;

/** Generates a picture from a product's id: the same id always gets the same picture, and two ids hardly ever share one. */
export function art(id) {
  const random = randomFrom(id);
  const palette = PALETTES[random(PALETTES.length)];
  const drawing = [tiles, sun, beams, arches][random(4)];
  return html`
    <svg class="art" viewBox="0 0 ${SIZE} ${SIZE}" preserveAspectRatio="xMidYMid slice" aria-hidden="true"
      focusable="false">
      <rect width=${SIZE} height=${SIZE} fill=${palette[0]} />
      ${drawing(random, palette)}
    </svg>`;
}

/** Returns a pseudo-random generator of integers below a bound, seeded by the text (FNV-1a, then xorshift). */
function randomFrom(text) {
  let state = 2_166_136_261;
  for (const letter of text) {
    state = Math.imul(state ^ letter.codePointAt(0), 16_777_619);
  }
  return bound => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

/** Draws a grid of quarter circles, half circles, dots and bars. */
function tiles(random, [, ...colours]) {
  const count = 4;
  const side = SIZE / count;
  return Array.from({length: count * count}, (_, index) => {
    const x = (index % count) * side;
    const y = Math.floor(index / count) * side;
    const fill = colours[random(3)];
    const turn = `rotate(${random(4) * 90} ${x + side / 2} ${y + side / 2})`;
    const forms = [
      svg`<path d="M${x} ${y}h${side}a${side} ${side} 0 0 1 -${side} ${side}z" fill=${fill} transform=${turn} />`,
      svg`<path d="M${x} ${y}h${side}a${side / 2} ${side / 2} 0 0 1 -${side} 0z" fill=${fill} transform=${turn} />`,
      svg`<circle cx=${x + side / 2} cy=${y + side / 2} r=${side / 4} fill=${fill} />`,
      svg`<rect x=${x} y=${y} width=${side / 2} height=${side} fill=${fill} transform=${turn} />`,
    ];
    return forms[random(forms.length)];
  });
}

/** Draws rings around a point off the centre, over stripes. */
function sun(random, [, ...colours]) {
  const x = 120 + random(160);
  const y = 110 + random(120);
  const rings = 5;
  return svg`
    ${Array.from({length: rings}, (_, ring) =>
      svg`<circle cx=${x} cy=${y} r=${(rings - ring) * 44} fill=${colours[(ring + random(2)) % 3]} />`)}
    ${Array.from({length: 5}, (_, stripe) =>
      svg`<rect x="0" y=${270 + stripe * 28} width=${SIZE} height=${6 + stripe * 4} fill=${colours[random(3)]} />`)}`;
}

/** Draws wedges that start in one corner. */
function beams(random, [, ...colours]) {
  const corner = [[0, 0], [SIZE, 0], [0, SIZE], [SIZE, SIZE]][random(4)];
  const count = 12;
  const far = SIZE * 1.6;
  const at = turn => {
    const angle = turn / count * Math.PI * 2;
    return `${corner[0] + Math.cos(angle) * far} ${corner[1] + Math.sin(angle) * far}`;
  };
  const fold = random(100) / 100;
  return svg`
    ${Array.from({length: count * 2}, (_, wedge) => wedge % 2 === 1 ? svg`` : svg`
      <path d="M${corner[0]} ${corner[1]}L${at(wedge / 2 + fold)}L${at(wedge / 2 + fold + 0.5)}z"
        fill=${colours[(wedge / 2) % 3]} />`)}
    <circle cx=${corner[0]} cy=${corner[1]} r=${90 + random(60)} fill=${colours[random(3)]} />`;
}

/** Draws four arches, some of them upside down. */
function arches(random, [, ...colours]) {
  const wide = SIZE / 2;
  return Array.from({length: 4}, (_, index) => {
    const x = (index % 2) * wide;
    const y = Math.floor(index / 2) * wide;
    const over = random(2) === 1;
    return Array.from({length: 4}, (__, band) => {
      const inset = band * 24;
      const radius = wide / 2 - inset;
      const fill = colours[(band + index) % 3];
      const turn = `rotate(${over ? 180 : 0} ${x + wide / 2} ${y + wide / 2})`;
      return svg`
        <path d="M${x + inset} ${y + wide}v-${wide / 2}a${radius} ${radius} 0 0 1 ${radius * 2} 0v${wide / 2}z"
          fill=${band === 3 ? colours[(index + 1) % 3] : fill} transform=${turn} />`;
    });
  });
}

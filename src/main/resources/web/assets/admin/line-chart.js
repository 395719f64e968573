import uPlot from '../vendor/uplot/uPlot.esm.js';

const HEIGHT = 190;
const COLOURS = ['--line-1', '--line-2', '--line-3', '--line-4', '--line-5', '--line-6'];

const clock = seconds => new Date(seconds * 1000).toTimeString().slice(0, 8);

/**
 * Draws lines over time. Its property `chart` is {series: [{label, values}], times, format, max}: each series has a value
 * or null for each time, in seconds; `max` is the upper end of the axis, if it is fixed. The text beside the chart has the
 * same content, so the drawing is hidden from screen readers.
 */
class LineChart extends HTMLElement {
  #chart = null;
  #plot = null;
  #labels = '';
  #scheme = window.matchMedia('(prefers-color-scheme: dark)');
  #size = new ResizeObserver(() => this.#fit());
  #redraw = () => this.#draw(true);

  set chart(chart) {
    this.#chart = chart;
    this.#draw(false);
  }

  connectedCallback() {
    this.setAttribute('aria-hidden', 'true');
    this.#scheme.addEventListener('change', this.#redraw);
    this.#size.observe(this);
    this.#draw(true);
  }

  disconnectedCallback() {
    this.#scheme.removeEventListener('change', this.#redraw);
    this.#size.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
  }

  #fit() {
    if (this.#plot && this.clientWidth > 0 && this.clientWidth !== this.#plot.width) {
      this.#plot.setSize({width: this.clientWidth, height: HEIGHT});
    }
  }

  #draw(recreate) {
    if (!this.isConnected || this.#chart === null) {
      return;
    }
    const {series, times} = this.#chart;
    const data = [times, ...series.map(line => line.values)];
    const labels = series.map(line => line.label).join('\n');
    if (this.#plot && !recreate && labels === this.#labels) {
      this.#plot.setData(data);
      return;
    }
    this.#labels = labels;
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#options(series), data, this);
  }

  #options(series) {
    const style = getComputedStyle(this);
    const colour = name => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--ink-soft'),
      font: `12px ${style.fontFamily}`,
      grid: {stroke: colour('--line'), width: 1},
      ticks: {show: false},
    };
    const {format, max: fixedMax} = this.#chart;
    return {
      width: Math.max(this.clientWidth, 200),
      height: HEIGHT,
      padding: [8, 8, 0, 0],
      cursor: {points: {size: 6}, y: false},
      legend: {show: false},
      scales: {y: {range: (_, min, max) => [0, fixedMax ?? Math.max(max * 1.15, 1)]}},
      axes: [
        {...axis, space: 90, size: 30, values: (_, ticks) => ticks.map(clock)},
        {...axis, size: 52, values: (_, ticks) => ticks.map(format)},
      ],
      series: [{}, ...series.map((line, index) => ({
        label: line.label,
        stroke: colour(COLOURS[index % COLOURS.length]),
        width: 2,
        points: {show: false},
      }))],
    };
  }
}

customElements.define('line-chart', LineChart);

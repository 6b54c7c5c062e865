import 'uplot/dist/uPlot.min.css';

import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

import { pointInTime } from '../format';
import { t } from '../texts';
import { useTheme } from '../theme';

/** Lines or bars over time. */
export interface Series {
  label: string;
  values: (number | null)[];
  tone?: 'main' | 'bad' | 'warn' | 'good';
  format: (value: number) => string;
}

interface Props {
  /** For those who do not see it. */
  label: string;
  /** Seconds since 1970. */
  times: number[];
  series: Series[];
  bars?: boolean;
}

const HEIGHT = 200;

const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];
/** How far apart the points of the axis of time may be, in seconds: nothing is measured oftener than each second. */
const APART = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 3, 7, 14, 30, 60, 90, 180, 365].map((days) => days * DAY),
];

/** A chart of values over time. What changes is drawn into the one that is there. */
export default function Chart({ label, times, series, bars }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const shape = JSON.stringify([series.map((each) => [each.label, each.tone]), bars, useTheme()]);
  useEffect(() => {
    const box = place.current!;
    const data = dataOf(times, series);
    const made = new uPlot(optionsOf(series, box.clientWidth, bars), data, box);
    chart.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height: HEIGHT }));
    watch.observe(box);
    return () => {
      watch.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [shape]);
  useEffect(() => chart.current?.setData(dataOf(times, series)), [times, series]);
  return <div class="chart" role="img" aria-label={`${label}: ${summaryOf(series)}`} ref={place} />;
}

const dataOf = (times: number[], series: Series[]) => [times, ...series.map(({ values }) => values)] as uPlot.AlignedData;

/** What a chart says, in words: each line's last and greatest value. */
function summaryOf(series: Series[]): string {
  return series
    .map(({ label, values, format }) => {
      const numbers = values.filter((value): value is number => value !== null);
      return numbers.length ? `${label} ${format(numbers.at(-1)!)}, max ${format(Math.max(...numbers))}` : label;
    })
    .join('; ');
}

/** Half a bar more at both ends, where the first and the last would be cut. */
function wholeBars({ data }: uPlot, min: number, max: number): uPlot.Range.MinMax {
  const [first = 0, second = first] = data[0];
  const half = (second - first) / 2 || 1;
  return [min - half, max + half];
}

function optionsOf(series: Series[], width: number, bars?: boolean): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis = { stroke: colour('quiet'), grid: { stroke: colour('line'), width: 1 }, ticks: { stroke: colour('line'), width: 1 } };
  const first = series[0]!;
  const times: uPlot.Axis = { ...axis, space: 84, incrs: APART, values: (_, splits, __, ___, apart) => splits.map((at) => pointInTime(at, apart)) };
  return {
    width,
    height: HEIGHT,
    cursor: { y: false },
    scales: { ...(bars && { x: { range: wholeBars } }), y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [times, { ...axis, size: 62, values: (_, splits) => splits.map((value) => first.format(value)) }],
    series: [
      { label: t.time, value: ({ data }, at) => (at === null || at === undefined ? '–' : pointInTime(at, (data[0][1] ?? 1) - (data[0][0] ?? 0))) },
      ...series.map(({ label, tone = 'main', format }): uPlot.Series => {
        const stroke = tone === 'main' ? colour('link') : colour(tone);
        return {
          label,
          stroke,
          width: 2,
          points: { show: false },
          value: (_, value) => (value === null || value === undefined ? '–' : format(value)),
          ...(bars && { paths: uPlot.paths.bars!({ size: [0.7, 40] }), fill: `${stroke}55` }),
        };
      }),
    ],
  };
}

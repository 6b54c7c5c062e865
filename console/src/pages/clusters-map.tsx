import { useEffect, useMemo, useState } from 'preact/hooks';

import { Button, Empty, Problem, Waiting } from '../components/basics';
import { beginning, count } from '../format';
import { graphql } from '../generated/graphql';
import type { NotesToMapQuery } from '../generated/graphql/graphql';
import { useAsk } from '../hooks';
import { go, hrefOf } from '../router';
import { t } from '../texts';
import { featuresOf, landmarksOf, Likeness, variablesOf } from './clusters-likeness';
import { fitted, neighbours, type Point } from './clusters-layout';

const text = t.clusters;
const [WIDTH, HEIGHT, MARGIN] = [960, 600, 24];
/** The browser draws in between. */
const STEPS_A_FRAME = 12;

const Notes = graphql(`
  query NotesToMap {
    notes(first: 400, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {
      totalCount
      nodes { id content clusterId noteSuggestions(first: 1, where: { refusedAt: { isNull: true } }, orderBy: [{ similarity: DESC }]) { nodes { clusterId } } }
    }
    clusters(first: 200, where: { dismissedAt: { isNull: true } }, orderBy: [{ title: ASC }]) { nodes { id title status } }
  }
`);

type Cluster = NotesToMapQuery['clusters']['nodes'][number];

/** A note with the cluster that it is in, or was suggested for. */
interface Dot {
  id: string;
  content: string;
  clusterId: string | null;
  isSuggested: boolean;
}

/** Colours that are told apart, one after another around the wheel. */
const hueOf = (place: number) => Math.round((place * 137.5) % 360);

/** Places for the notes, as they come together. */
function usePlaces(dots: Dot[]) {
  const landmarks = useMemo(() => landmarksOf(dots), [dots]);
  const { data, problem, again } = useAsk(landmarks.length ? Likeness : undefined, landmarks.length ? variablesOf(landmarks) : undefined);
  const [places, setPlaces] = useState<Map<string, Point>>();
  useEffect(() => {
    if (!data) return;
    const features = featuresOf(dots, landmarks, data);
    const ids = [...features.keys()];
    const steps = neighbours([...features.values()]);
    const isStill = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    let frame = 0;
    const walk = () => {
      let last: Point[] | undefined;
      for (let step = 0; step < STEPS_A_FRAME; step += 1) {
        const { value, done } = steps.next();
        if (done) {
          frame = -1;
          break;
        }
        last = value;
      }
      const points = last ?? current;
      current = points;
      if (!isStill || frame === -1) {
        const shown = fitted(points, WIDTH, HEIGHT, MARGIN);
        setPlaces(new Map(ids.map((id, index) => [id, shown[index]!])));
      }
      if (frame !== -1) frame = requestAnimationFrame(walk);
    };
    let current: Point[] = [];
    if (ids.length === 0) setPlaces(new Map());
    else frame = requestAnimationFrame(walk);
    return () => cancelAnimationFrame(frame);
  }, [data, dots]);
  return { places, problem, again };
}

/** The notes as a map: what lies together is alike, and has the colour of its cluster. */
export function ClusterMap() {
  const { data, problem, again, waiting } = useAsk(Notes);
  const dots = useMemo(
    () =>
      (data?.notes.nodes ?? []).map(({ id, content, clusterId, noteSuggestions }): Dot => {
        const suggested = noteSuggestions.nodes[0]?.clusterId ?? null;
        return { id, content, clusterId: clusterId ?? suggested, isSuggested: !clusterId && Boolean(suggested) };
      }),
    [data],
  );
  const layout = usePlaces(dots);
  const [chosen, setChosen] = useState<string>();
  if (problem) return <Problem problem={problem} again={again} />;
  if (!data) return waiting ? <Waiting /> : null;
  if (dots.length === 0) return <Empty action={<a class="button main" href={hrefOf('/notes/new')}>{t.notes.new}</a>}>{text.noMap}</Empty>;
  const clusters = data.clusters.nodes.filter(({ id }) => dots.some(({ clusterId }) => clusterId === id));
  const without = layout.places ? dots.length - layout.places.size : 0;
  if (without === dots.length) return <Empty>{text.noPlaces}</Empty>;
  return (
    <section class="stack" aria-label={text.map}>
      <p class="quiet">
        {text.mapLead} {data.notes.totalCount > dots.length && text.newest(count(dots.length), count(data.notes.totalCount))} {without > 0 && text.withoutPlace(count(without))}
      </p>
      <Problem problem={layout.problem} again={layout.again} />
      {layout.places ? <Plot dots={dots} places={layout.places} clusters={clusters} chosen={chosen} /> : !layout.problem && <Waiting />}
      <Legend clusters={clusters} dots={dots} chosen={chosen} onChoose={(id) => setChosen(id === chosen ? undefined : id)} />
      {chosen && <Members dots={dots.filter(({ clusterId }) => clusterId === chosen)} id={chosen} />}
    </section>
  );
}

interface PlotProps {
  dots: Dot[];
  places: Map<string, Point>;
  clusters: readonly Cluster[];
  chosen?: string;
}

function Plot({ dots, places, clusters, chosen }: PlotProps) {
  const [near, setNear] = useState<Dot>();
  const hues = useMemo(() => new Map(clusters.map(({ id }, place) => [id, hueOf(place)])), [clusters]);
  /** The note under the pointer, or close to it. */
  const at = (event: MouseEvent & { currentTarget: SVGSVGElement }): Dot | undefined => {
    const box = event.currentTarget.getBoundingClientRect();
    const scale = WIDTH / box.width;
    const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    let [found, distance]: [Dot | undefined, number] = [undefined, 16 * scale];
    for (const dot of dots) {
      const place = places.get(dot.id);
      const away = place ? Math.hypot(place[0] - x, place[1] - y) : Infinity;
      if (away < distance) [found, distance] = [dot, away];
    }
    return found;
  };
  const title = near && (clusters.find(({ id }) => id === near.clusterId)?.title ?? text.inNone);
  return (
    <div class="card map">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={text.mapLabel(places.size, clusters.length)}
        onMouseMove={(event) => setNear(at(event as never))}
        onMouseLeave={() => setNear(undefined)}
        onClick={(event) => {
          const dot = at(event as never);
          if (dot) go(`/notes/${dot.id}`);
        }}
      >
        {dots.map((dot) => {
          const place = places.get(dot.id);
          const hue = dot.clusterId ? hues.get(dot.clusterId) : undefined;
          const kind = `${hue === undefined ? 'none' : dot.isSuggested ? 'hollow' : ''} ${chosen && dot.clusterId !== chosen ? 'faint' : ''}`;
          return place && <circle key={dot.id} class={kind} cx={place[0]} cy={place[1]} r={dot === near ? 8 : 5} style={hue === undefined ? undefined : { '--hue': hue }} />;
        })}
      </svg>
      <p class="map-note" aria-hidden="true">
        {near ? (
          <>
            <strong>{title}</strong> {beginning(near.content, 140)}
          </>
        ) : (
          <span class="quiet">{text.pointAt}</span>
        )}
      </p>
    </div>
  );
}

/** The clusters with their colours; choosing one shows where it lies, and its notes. */
function Legend({ clusters, dots, chosen, onChoose }: { clusters: readonly Cluster[]; dots: Dot[]; chosen?: string; onChoose: (id: string) => void }) {
  return (
    <div class="row" role="group" aria-label={t.pages.clusters}>
      {clusters.map(({ id, title, status }, place) => (
        <Button key={id} aria-pressed={chosen === id} onClick={() => onChoose(id)}>
          <span class={`dot ${status === 'SUGGESTED' ? 'hollow' : ''}`} style={{ '--hue': hueOf(place) }} aria-hidden="true" /> {title}{' '}
          <small class="quiet">{count(dots.filter(({ clusterId }) => clusterId === id).length)}</small>
        </Button>
      ))}
    </div>
  );
}

function Members({ dots, id }: { dots: Dot[]; id: string }) {
  return (
    <section class="stack">
      <div class="row spread">
        <h2>{t.pages.notes}</h2>
        <a class="button" href={hrefOf(`/clusters/${id}`)}>
          {t.grid.open}
        </a>
      </div>
      <ul class="list">
        {dots.map((dot) => (
          <li key={dot.id}>
            <a class="item" href={hrefOf(`/notes/${dot.id}`)}>
              <span class="text">{dot.content.slice(0, 200)}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

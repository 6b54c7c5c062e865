import type { ComponentProps, ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import type Chart from './chart';
import { Waiting } from './basics';

type Props = ComponentProps<typeof Chart>;

/** A chart whose code is loaded when one is shown. */
export function LazyChart(props: Props) {
  const [Loaded, setLoaded] = useState<ComponentType<Props>>();
  useEffect(() => {
    import('./chart').then((module) => setLoaded(() => module.default));
  }, []);
  return Loaded ? <Loaded {...props} /> : <Waiting />;
}

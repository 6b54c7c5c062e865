import './styles.css';

import { render } from 'preact';

import { App } from './app';
import { followLinks } from './router';
import { applyTheme } from './theme';

applyTheme();
followLinks();
render(<App />, document.getElementById('console')!);

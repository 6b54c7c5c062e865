import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';

import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';

import { Account } from './account.jsx';
import { examples } from './examples.js';
import * as session from '../../console/src/session';
import { createFetcher } from './transport.js';

createRoot(document.getElementById('graphiql')).render(
  <GraphiQL
    fetcher={createFetcher(session)}
    defaultTabs={examples}
    defaultQuery=""
    defaultEditorToolsVisibility={false}
    inputValueDeprecation
    shouldPersistHeaders
  >
    <GraphiQL.Logo>
      <Account />
    </GraphiQL.Logo>
  </GraphiQL>,
);

import { useState } from 'preact/hooks';

import { Button, Head, Tabs } from '../components/basics';
import { Grid } from '../components/grid';
import { Creator, Record } from '../components/record';
import type { PageProps } from '../pages';
import type { ConfigurationTable } from '../generated/graphql/graphql';
import { keyOf, resourceNamed } from '../resources/schema';
import { go, hrefOf } from '../router';
import { t } from '../texts';
import { ConfigurationHistory } from './configuration-history';

const text = t.configuration;

const COLUMNS: { [table: string]: string[] } = {
  modelConfigs: ['name', 'modelId', 'provider', 'isActive', 'isDefault', 'inputPricingPerMillionTokens', 'outputPricingPerMillionTokens', 'updatedAt'],
  apiProviders: ['displayName', 'name', 'isEnabled', 'baseUrl', 'maxRequestsPerMinute', 'maxRequestsPerDay', 'updatedAt'],
  adminConfigs: ['configKey', 'configData', 'updatedBy', 'updatedAt'],
  promptFrameworks: ['displayName', 'name', 'isEnabled', 'sortOrder', 'updatedAt'],
};
const HISTORIES: { [table: string]: ConfigurationTable } = {
  modelConfigs: 'MODEL_CONFIG',
  apiProviders: 'API_PROVIDERS',
  adminConfigs: 'ADMIN_CONFIG',
  promptFrameworks: 'PROMPT_FRAMEWORKS',
};

/** Models, providers, agents and frameworks: forms over their tables, with who changed them. */
export default function Configuration({ rest, query }: PageProps) {
  const [first = 'modelConfigs', id] = rest;
  const table = first in COLUMNS ? first : 'modelConfigs';
  const resource = resourceNamed(table)!;
  const path = `/configuration/${table}`;
  const [making, setMaking] = useState(false);
  return (
    <>
      <Head title={t.pages.configuration} lead={text.lead} live={resource.live}>
        {id ? (
          <a class="button" href={hrefOf(path)}>
            {t.back}
          </a>
        ) : (
          resource.create &&
          !making && (
            <Button kind="main" onClick={() => setMaking(true)}>
              {t.grid.new}
            </Button>
          )
        )}
      </Head>
      <Tabs label={t.pages.configuration} tabs={text.tabs} chosen={table} hrefOf={(name) => hrefOf(`/configuration/${name}`)} />
      {id && (
        <Record key={id} resource={resource} id={id} path={path}>
          {(row) => <ConfigurationHistory table={HISTORIES[table]!} entry={String(row.id)} />}
        </Record>
      )}
      {!id && making && (
        <Creator
          resource={resource}
          onDone={(key) => {
            setMaking(false);
            if (key) go(`${path}/${encodeURIComponent(key)}`);
          }}
        />
      )}
      {!id && <Grid key={table} resource={resource} path={path} query={query} columns={COLUMNS[table]} rowPath={(row) => `${path}/${encodeURIComponent(keyOf(resource, row))}`} />}
      {!id && <ConfigurationHistory key={`history ${table}`} table={HISTORIES[table]!} />}
    </>
  );
}

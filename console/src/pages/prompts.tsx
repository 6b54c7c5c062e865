import { Tabs } from '../components/basics';
import type { PageProps } from '../pages';
import { hrefOf } from '../router';
import { t } from '../texts';
import { ResourcePage } from './resource-page';

const COLUMNS: Record<string, string[]> = {
  promptTemplates: ['name', 'frameworkId', 'isActive', 'isPublic', 'usageCount', 'updatedAt'],
  promptGenerations: ['inputText', 'status', 'model', 'cost', 'durationMs', 'createdAt'],
  promptFrameworks: ['displayName', 'description', 'isEnabled', 'sortOrder'],
};
const CREATES: Record<string, string[]> = {
  promptTemplates: ['name', 'frameworkId', 'templateContent', 'description', 'variables', 'isPublic'],
};

/** Prompts: templates, what was generated of them, and the frameworks that they follow. */
export default function Prompts({ rest, query }: PageProps) {
  const [table = 'promptTemplates', ...below] = rest;
  const known = table in COLUMNS ? table : 'promptTemplates';
  return (
    <>
      <Tabs label={t.pages.prompts} tabs={t.prompts.tabs} chosen={known} hrefOf={(name) => hrefOf(`/prompts/${name}`)} />
      <ResourcePage
        key={known}
        rest={below}
        query={query}
        title={t.pages.prompts}
        lead={t.prompts.lead}
        table={known}
        path={`/prompts/${known}`}
        columns={COLUMNS[known]!}
        creates={CREATES[known]}
        edits={known === 'promptFrameworks' ? [] : undefined}
      />
    </>
  );
}

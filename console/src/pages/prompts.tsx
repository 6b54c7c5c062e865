import { Tabs } from '../components/basics';
import type { PageProps } from '../pages';
import { hrefOf } from '../router';
import { t } from '../texts';
import { OneEntry, OneGeneration } from './prompts-made';
import { FillIn } from './prompts-fill';
import { WritePrompt } from './prompts-write';
import { ResourcePage } from './resource-page';

const COLUMNS: Record<string, string[]> = {
  promptTemplates: ['name', 'frameworkId', 'isActive', 'isPublic', 'usageCount', 'updatedAt'],
  promptHistoryEntries: ['userInput', 'frameworkName', 'status', 'model', 'costUsd', 'processingTimeMs', 'createdAt'],
  promptGenerations: ['inputText', 'status', 'model', 'cost', 'durationMs', 'createdAt'],
  promptFrameworks: ['displayName', 'description', 'isEnabled', 'sortOrder'],
};
const CREATES: Record<string, string[]> = {
  promptTemplates: ['name', 'frameworkId', 'templateContent', 'description', 'variables', 'isPublic'],
};

/** Prompts: written by a framework, the templates for that, what was written, and the frameworks. */
export default function Prompts({ rest, query }: PageProps) {
  const [table = 'write', ...below] = rest;
  const known = table in t.prompts.tabs ? table : 'write';
  const tabs = <Tabs label={t.pages.prompts} tabs={t.prompts.tabs} chosen={known} hrefOf={(name) => hrefOf(`/prompts/${name}`)} />;
  if (known === 'write') {
    return <WritePrompt query={query} tabs={tabs} />;
  }
  const [id] = below;
  if (known === 'promptHistoryEntries' && id) return <OneEntry key={id} id={id} />;
  if (known === 'promptGenerations' && id) return <OneGeneration key={id} id={id} />;
  return (
    <ResourcePage
      key={known}
      rest={below}
      query={query}
      title={t.pages.prompts}
      lead={t.prompts.lead}
      tabs={tabs}
      empty={t.prompts.empty[known as keyof typeof t.prompts.empty]}
      table={known}
      path={`/prompts/${known}`}
      columns={COLUMNS[known]!}
      creates={CREATES[known]}
      folded={known === 'promptTemplates'}
      edits={known === 'promptFrameworks' ? [] : undefined}
    >
      {known === 'promptTemplates' ? (row) => <FillIn template={String(row.templateContent)} templateId={String(row.id)} frameworkId={String(row.frameworkId)} variables={row.variables} /> : undefined}
    </ResourcePage>
  );
}

-- Only what was seeded goes; the tables, with whatever is left in them, go with their own migrations.
delete from public.feedback_tags where name in ('accessibility', 'crash', 'data-loss', 'design', 'duplicate',
  'idea', 'mobile', 'performance', 'praise', 'translation');
delete from public.feedback_categories where name in ('Product', 'Account and billing', 'Help',
  'Prompt generation', 'Frameworks and templates', 'Editor and interface', 'Speed and reliability', 'API keys',
  'Privacy and security', 'Documentation');
-- Rows that users made with a framework or a provider keep it.
delete from public.prompt_frameworks f where name in
    ('roses', 'ape', 'tag', 'era', 'race', 'rise', 'care', 'coast', 'trace')
  and not exists (select from public.prompt_history h where h.framework_id = f.name)
  and not exists (select from public.prompt_templates t where t.framework_id = f.name);
delete from public.api_providers p where name in ('openai', 'gemini', 'anthropic')
  and not exists (select from public.prompt_history h where h.provider = p.name)
  and not exists (select from public.api_configurations c where c.provider = p.name);

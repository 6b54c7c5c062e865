-- Only what was seeded goes, changed or not; the tables go with their own migration.
delete from public.admin_config
where config_key in ('app_settings', 'logging_settings')
 or config_key ~ '^(chat_model|provider_tools|document|python|mermaid|git_mcp)_agent_(google|openai|anthropic)$';
delete from public.model_config where model_id in (
 'gemini-2.0-flash', 'gemini-2.5-flash', 'gemini-2.5-pro', 'gemma-3', 'gpt-4o', 'gpt-4o-mini', 'gpt-4-turbo',
 'claude-3-5-sonnet-20241022', 'claude-3-5-haiku-20241022', 'claude-3-opus-20240229');

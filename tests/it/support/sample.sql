-- One believable set of rows with at least one in every table, for tests that need some.
-- Loaded as the owner, with triggers on: counters, versions and the search index follow by themselves.
--
-- People, by the first byte of their id: Ada (0a) owns the rows, Ben (0b) has some of his own and none of hers;
-- Ada's project is shared with Vic (0c, viewer), Eda (0d, editor), Olga (0e, owner) and Nia (0f, viewer);
-- Root (01) is admin. Ada's rows have keys that begin with a, Ben's with b.

insert into auth.users (id, email, encrypted_password, email_confirmed_at, raw_user_meta_data, raw_app_meta_data, last_sign_in_at) values
  ('0a000000-0000-7000-8000-000000000000', 'ada@example.org', '$argon2id$v=19$m=19456,t=2,p=1$c2FtcGxlc2FsdA$7s1c0cYV0o2Qn2wqkGm1pQ', '2026-01-05 08:00Z', '{"name": "Ada Lindqvist"}', '{}', '2026-03-02 08:12Z'),
  ('0b000000-0000-7000-8000-000000000000', 'ben@example.org', null, '2026-01-06 08:00Z', '{"name": "Ben Okafor"}', '{}', '2026-03-01 19:40Z'),
  ('0c000000-0000-7000-8000-000000000000', 'vic@example.org', null, '2026-01-07 08:00Z', '{"name": "Vic Marsh"}', '{}', null),
  ('0d000000-0000-7000-8000-000000000000', 'eda@example.org', null, '2026-01-08 08:00Z', '{"name": "Eda Kaya"}', '{}', null),
  ('0e000000-0000-7000-8000-000000000000', 'olga@example.org', null, '2026-01-09 08:00Z', '{"name": "Olga Petrova"}', '{}', null),
  ('0f000000-0000-7000-8000-000000000000', 'nia@example.org', null, '2026-01-10 08:00Z', '{"name": "Nia Rhys"}', '{}', null),
  ('01000000-0000-7000-8000-000000000000', 'root@example.org', null, '2026-01-01 08:00Z', '{"name": "Root"}', '{"role": "admin"}', '2026-03-02 07:00Z');

insert into auth.accounts (id, user_id, type, provider, provider_account_id, scope) values
  ('a0000000-0000-7000-8000-00000000f001', '0a000000-0000-7000-8000-000000000000', 'oauth', 'github', '4711', 'read:user');
insert into auth.sessions (id, session_token, user_id, user_agent, ip, expires) values
  ('a0000000-0000-7000-8000-00000000f002', repeat('a1', 32), '0a000000-0000-7000-8000-000000000000', 'Firefox/148.0', '203.0.113.7', '2099-01-01');
insert into auth.refresh_tokens (id, token_hash, user_id, session_id, expires_at) values
  ('a0000000-0000-7000-8000-00000000f003', repeat('a2', 32), '0a000000-0000-7000-8000-000000000000', 'a0000000-0000-7000-8000-00000000f002', '2099-01-01');
insert into auth.verification_tokens (id, user_id, identifier, token_hash, purpose, expires) values
  ('a0000000-0000-7000-8000-00000000f004', '0a000000-0000-7000-8000-000000000000', 'ada@example.org', repeat('a3', 32), 'magic_link', '2099-01-01');

insert into auth.mfa_factors (id, user_id, friendly_name, secret_sealed, verified_at) values
  ('a0000000-0000-7000-8000-00000000f005', '0a000000-0000-7000-8000-000000000000', 'phone', '\x01', '2026-02-01');
insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, credential_id, credential, verified_at) values
  ('a0000000-0000-7000-8000-00000000f00f', '0a000000-0000-7000-8000-000000000000', 'key', 'webauthn', '\x0103', '{}', '2026-02-01');
insert into auth.mfa_recovery_codes (id, user_id, code_hash) values
  ('a0000000-0000-7000-8000-00000000f006', '0a000000-0000-7000-8000-000000000000', repeat('a4', 32));
insert into auth.mail_outbox (id, recipient, subject, sent_at) values
  ('a0000000-0000-7000-8000-00000000f007', 'ada@example.org', 'Sign in', '2026-03-02');
insert into auth.oauth_flows (id, state_hash, provider, verifier_sealed, nonce, code_challenge, redirect_to, expires_at) values
  ('a0000000-0000-7000-8000-00000000f008', repeat('a5', 32), 'github', '\x01', '', 'challenge', 'https://app.example/', '2099-01-01');
-- Revoked, so that no server tries to sign with it.
insert into auth.signing_keys (id, algorithm, private_sealed, revoked_at) values
  ('a0000000-0000-7000-8000-00000000f009', 'HS256', '\x01', '2026-02-01');
insert into auth.personal_access_tokens (id, user_id, name, token_hash, may_write, expires_at) values
  ('a0000000-0000-7000-8000-00000000f00b', '0a000000-0000-7000-8000-000000000000', 'assistant', repeat('a6', 32), true, '2099-01-01');
insert into auth.sign_in_codes (id, user_id, code_hash, code_challenge, method, expires_at) values
  ('a0000000-0000-7000-8000-00000000f00e', '0a000000-0000-7000-8000-000000000000', repeat('a7', 32), 'challenge', 'otp', '2099-01-01');
insert into auth.passkeys (id, user_id, credential_id, credential, friendly_name) values
  ('a0000000-0000-7000-8000-00000000f00c', '0a000000-0000-7000-8000-000000000000', '\x0102', '{}', 'phone');
insert into auth.passkey_challenges (id, user_id, state, expires_at) values
  ('a0000000-0000-7000-8000-00000000f00d', '0a000000-0000-7000-8000-000000000000', '{}', '2099-01-01');
insert into auth.ended_sessions (session_id) values ('a0000000-0000-7000-8000-00000000f00a');

insert into public.user_preferences (id, user_id, selected_model, theme) values
  ('a0000000-0000-7000-8000-000000000001', '0a000000-0000-7000-8000-000000000000', 'anthropic', 'light');

insert into public.clusters (id, user_id, title, description, status, confidence_score, theme_keywords) values
  ('a0000000-0000-7000-8000-000000000010', '0a000000-0000-7000-8000-000000000000', 'Sourdough', 'Baking at the weekend', 'accepted', 0.91, '{bread,flour}'),
  ('b0000000-0000-7000-8000-000000000010', '0b000000-0000-7000-8000-000000000000', 'Climbing', null, 'suggested', 0.62, '{rope}');
insert into public.notes (id, user_id, cluster_id, content, tags, metadata, embedding) values
  ('a0000000-0000-7000-8000-000000000011', '0a000000-0000-7000-8000-000000000000', 'a0000000-0000-7000-8000-000000000010', 'Feed the starter twice before mixing the dough.', '{bread}', '{"importance": "high"}', array_fill(0.02, array[1536])::vector),
  ('a0000000-0000-7000-8000-000000000012', '0a000000-0000-7000-8000-000000000000', 'a0000000-0000-7000-8000-000000000010', 'Steam for the first fifteen minutes.', '{bread,oven}', '{}', null),
  ('b0000000-0000-7000-8000-000000000011', '0b000000-0000-7000-8000-000000000000', 'b0000000-0000-7000-8000-000000000010', 'New rope: 9.4 mm, 60 m.', '{}', '{}', null);
insert into public.note_suggestions (cluster_id, note_id, user_id, similarity, refused_at) values
  ('a0000000-0000-7000-8000-000000000010', 'a0000000-0000-7000-8000-000000000012', '0a000000-0000-7000-8000-000000000000', 0.52, '2026-03-01');
insert into public.stacks (id, user_id, name, pinned) values
  ('a0000000-0000-7000-8000-000000000020', '0a000000-0000-7000-8000-000000000000', 'Saturday', true);
insert into public.stack_notes (stack_id, note_id, user_id, position) values
  ('a0000000-0000-7000-8000-000000000020', 'a0000000-0000-7000-8000-000000000011', '0a000000-0000-7000-8000-000000000000', 1);
insert into public.insights (id, user_id, title, content, week_start, week_end) values
  ('a0000000-0000-7000-8000-000000000021', '0a000000-0000-7000-8000-000000000000', 'A week of bread', 'Most notes were about proofing times.', '2026-02-23', '2026-03-02');
insert into public.vault_notes (id, user_id, ciphertext, iv, salt) values
  ('a0000000-0000-7000-8000-000000000022', '0a000000-0000-7000-8000-000000000000', 'q83vEjRWeJA=', 'AAECAwQFBgcICQoL', 'c2FsdHNhbHQ=');
insert into public.documents (id, user_id, cluster_id, title, content, status, tags) values
  ('a0000000-0000-7000-8000-000000000023', '0a000000-0000-7000-8000-000000000000', 'a0000000-0000-7000-8000-000000000010', 'How to bake', E'# How to bake\n\nBegin with the starter.', 'draft', '{bread}');
insert into public.document_sources (document_id, position, user_id, note_id, is_used) values
  ('a0000000-0000-7000-8000-000000000023', 1, '0a000000-0000-7000-8000-000000000000', 'a0000000-0000-7000-8000-000000000011', true);
insert into public.document_comments (id, document_id, user_id, content) values
  ('a0000000-0000-7000-8000-000000000025', 'a0000000-0000-7000-8000-000000000023', '0a000000-0000-7000-8000-000000000000', 'To be continued.'),
  ('b0000000-0000-7000-8000-000000000025', 'a0000000-0000-7000-8000-000000000023', '0b000000-0000-7000-8000-000000000000', 'How long does it rest?');
insert into public.embedding_cache (content_hash, model, embedding) values
  (repeat('0a', 32), 'text-embedding-3-small', array_fill(0.02, array[1536])::vector);
insert into public.embeddings (entity_id, entity_type, model, user_id, embedding, text_hash, is_stale) values
  ('a0000000-0000-7000-8000-000000000011', 'note', 'sample', '0a000000-0000-7000-8000-000000000000', '[1,0]', repeat('0a', 32), false);
insert into public.job_queue (id, user_id, job_type, payload) values
  ('a0000000-0000-7000-8000-000000000024', '0a000000-0000-7000-8000-000000000000', 'embedding', '{"noteId": "a0000000-0000-7000-8000-000000000012"}');
insert into public.job_schedules (name, cron) values ('notes.purge_deleted', '5 3 * * *');
insert into public.rate_limits (id, count, window_start, reset_time) values
  ('0a000000-0000-7000-8000-000000000000:search', 3, now(), now() + interval '1 minute');

insert into public.chats (id, user_id, title, visibility, last_context) values
  ('a0000000-0000-7000-8000-000000000030', '0a000000-0000-7000-8000-000000000000', 'Bread machine in Python', 'private', '{"contextTokens": 812}'),
  ('a0000000-0000-7000-8000-000000000031', '0a000000-0000-7000-8000-000000000000', 'Hydration explained', 'public', null),
  ('b0000000-0000-7000-8000-000000000030', '0b000000-0000-7000-8000-000000000000', 'Knots', 'private', null);
insert into public.messages (id, chat_id, role, parts, model_used, input_tokens, output_tokens, cost, created_at) values
  ('a0000000-0000-7000-8000-000000000032', 'a0000000-0000-7000-8000-000000000030', 'user', '[{"type": "text", "text": "Write a timer for proofing."}]', null, null, null, null, '2026-03-01 10:00Z'),
  ('a0000000-0000-7000-8000-000000000033', 'a0000000-0000-7000-8000-000000000030', 'assistant', '[{"type": "text", "text": "Done, see the program."}]', 'gemini-2.0-flash', 640, 172, 0.000133, '2026-03-01 10:01Z'),
  ('a0000000-0000-7000-8000-000000000034', 'a0000000-0000-7000-8000-000000000031', 'assistant', '[{"type": "text", "text": "Hydration is water over flour."}]', 'gemini-2.0-flash', 90, 31, 0.000022, '2026-03-01 11:00Z'),
  ('b0000000-0000-7000-8000-000000000032', 'b0000000-0000-7000-8000-000000000030', 'user', '[{"type": "text", "text": "Which knot for a bowline?"}]', null, null, null, null, '2026-03-01 12:00Z');
insert into public.votes (chat_id, message_id, is_upvoted) values
  ('a0000000-0000-7000-8000-000000000030', 'a0000000-0000-7000-8000-000000000033', true);
insert into public.streams (id, chat_id) values
  ('a0000000-0000-7000-8000-000000000035', 'a0000000-0000-7000-8000-000000000030');
insert into public.artifacts (id, user_id, chat_id, title, content, kind, metadata, created_at) values
  ('a0000000-0000-7000-8000-000000000036', '0a000000-0000-7000-8000-000000000000', 'a0000000-0000-7000-8000-000000000030', 'Proofing timer', 'print(4 * 60)', 'python code', '{"updateType": "create"}', '2026-03-01 10:01Z'),
  ('a0000000-0000-7000-8000-000000000036', '0a000000-0000-7000-8000-000000000000', 'a0000000-0000-7000-8000-000000000030', 'Proofing timer', 'print("minutes:", 4 * 60)', 'python code', '{"updateType": "update"}', '2026-03-01 10:05Z'),
  ('b0000000-0000-7000-8000-000000000036', '0b000000-0000-7000-8000-000000000000', 'b0000000-0000-7000-8000-000000000030', 'Knots', E'# Knots\n\nBowline.', 'text', '{}', '2026-03-01 12:01Z');
insert into public.suggestions (id, document_id, document_created_at, user_id, original_text, suggested_text, description) values
  ('a0000000-0000-7000-8000-000000000037', 'a0000000-0000-7000-8000-000000000036', '2026-03-01 10:05Z', '0a000000-0000-7000-8000-000000000000', '4 * 60', 'HOURS * 60', 'Name the number.');
insert into public.github_repositories (id, user_id, repo_owner, repo_name, repo_url) values
  ('a0000000-0000-7000-8000-000000000038', '0a000000-0000-7000-8000-000000000000', 'ada', 'bread', 'https://github.com/ada/bread');
insert into public.usage_logs (id, user_id, chat_id, agent_type, model_used, provider, input_tokens, output_tokens, input_cost, output_cost, request_timestamp, response_timestamp, duration_ms) values
  ('a0000000-0000-7000-8000-000000000040', '0a000000-0000-7000-8000-000000000000', 'a0000000-0000-7000-8000-000000000030', 'python_agent', 'gemini-2.0-flash', 'google', 640, 172, 0.000064, 0.000069, now() - interval '1 day', now() - interval '1 day' + interval '2 seconds', 2000),
  ('b0000000-0000-7000-8000-000000000040', '0b000000-0000-7000-8000-000000000000', null, 'chat_model_agent', 'gpt-4o', 'openai', 1000, 500, 0.0025, 0.005, now() - interval '2 days', null, null);
insert into public.rate_limit_tracking (id, user_id, agent_type, period_start, period_end, request_count, limit_type, limit_value) values
  ('a0000000-0000-7000-8000-000000000041', '0a000000-0000-7000-8000-000000000000', 'python_agent', date_trunc('hour', now()), date_trunc('hour', now()) + interval '1 hour', 1, 'hourly', 50);
insert into public.error_logs (id, user_id, error_type, error_category, error_message, request_path, request_method, ip_address, severity) values
  ('a0000000-0000-7000-8000-000000000042', '0a000000-0000-7000-8000-000000000000', 'api', 'provider_timeout', 'The provider did not answer within 30 s.', '/graphql', 'POST', '203.0.113.7', 'warning');
insert into public.user_activity_logs (id, user_id, correlation_id, activity_type, activity_category, resource_id, resource_type, ip_address) values
  ('a0000000-0000-7000-8000-000000000043', '0a000000-0000-7000-8000-000000000000', 'a0000000-0000-7000-8000-0000000000ff', 'chat_create', 'chat', 'a0000000-0000-7000-8000-000000000030', 'chat', '203.0.113.7');
insert into public.alerts (id, kind, message, current_value, worst_value, threshold) values
  ('a0000000-0000-7000-8000-000000000046', 'connections', '90 of 100 connections are in use', 90, 95, 80);
insert into public.audit_entries (id, actor_id, actor_account_id, actor_email, action, target_type, target_id, ip_address) values
  ('a0000000-0000-7000-8000-000000000045', '01000000-0000-7000-8000-000000000000', '01000000-0000-7000-8000-000000000000', 'root@example.org', 'admin_user_ban', 'account', '0b000000-0000-7000-8000-000000000000', '203.0.113.9');
insert into public.agent_activity_logs (id, user_id, correlation_id, agent_type, operation_type, operation_category, duration_ms, model_id, provider, total_tokens, total_cost) values
  ('a0000000-0000-7000-8000-000000000044', '0a000000-0000-7000-8000-000000000000', 'a0000000-0000-7000-8000-0000000000ff', 'python_agent', 'code_generation', 'generation', 2000, 'gemini-2.0-flash', 'google', 812, 0.000133);

insert into public.api_configurations (id, user_id, provider, api_key_encrypted, encryption_key_id, api_key_hint) values
  ('a0000000-0000-7000-8000-000000000050', '0a000000-0000-7000-8000-000000000000', 'openai', 'c2FtcGxlIGNpcGhlcnRleHQ=', 'key-1', 'x9Qz');
insert into public.api_usage_logs (id, user_id, provider, model, endpoint, response_time_ms, status_code, input_tokens, output_tokens, cost, created_at) values
  ('a0000000-0000-7000-8000-000000000051', '0a000000-0000-7000-8000-000000000000', 'openai', 'gpt-4o', '/chat/completions', 900, 200, 320, 80, 0.0016, '2026-03-01 09:00Z');
insert into public.model_calls (id, user_id, provider, model, purpose, key_owner, outcome, input_tokens, output_tokens, is_estimated, input_price, output_price, input_cost, output_cost, started_at, ended_at, duration_ms) values
  ('a0000000-0000-7000-8000-000000000055', '0a000000-0000-7000-8000-000000000000', 'openai', 'gpt-4o', 'chat', 'person', 'completed', 320, 80, false, 2.5, 10, 0.0008, 0.0008, '2026-03-01 09:00Z', '2026-03-01 09:00:01Z', 900);
insert into public.prompt_templates (id, user_id, name, framework_id, template_content, variables, is_public) values
  ('a0000000-0000-7000-8000-000000000052', '0a000000-0000-7000-8000-000000000000', 'Recipe rewriter', 'race', 'Rewrite this recipe for {people} people: {recipe}', '[{"name": "people"}, {"name": "recipe"}]', false),
  ('a0000000-0000-7000-8000-000000000053', '0a000000-0000-7000-8000-000000000000', 'Shopping list', 'tag', 'Make a shopping list for: {recipe}', '[{"name": "recipe"}]', true);
insert into public.prompt_history (id, user_id, framework_id, framework_name, template_id, model, provider, user_input, ai_response, status, tokens_used, cost_usd) values
  ('a0000000-0000-7000-8000-000000000054', '0a000000-0000-7000-8000-000000000000', 'race', 'R.A.C.E', 'a0000000-0000-7000-8000-000000000052', 'gpt-4o', 'openai', 'Bread for six', 'Take 1.2 kg of flour.', 'completed', 400, 0.0016);

insert into public.feedback (id, user_id, category_id, message, feedback_type, contact_email, rating) values
  ('a0000000-0000-7000-8000-000000000060', '0a000000-0000-7000-8000-000000000000', (select id from public.feedback_categories where name = 'Product'), 'Please add a scale for recipes.', 'feature', 'ada@example.org', 4);
insert into public.feedback_tag_links (feedback_id, tag_id)
  select 'a0000000-0000-7000-8000-000000000060', id from public.feedback_tags where name = 'idea';
insert into public.feedback_analytics (id, date, total_feedback) values
  ('a0000000-0000-7000-8000-000000000061', '2026-03-01', 1);

insert into public.projects (id, user_id, name, description, status, layout) values
  ('a0000000-0000-7000-8000-000000000070', '0a000000-0000-7000-8000-000000000000', 'Bakery site', 'One page with opening hours', 'active', '{"width": 1200, "zoom": 1}'),
  ('b0000000-0000-7000-8000-000000000070', '0b000000-0000-7000-8000-000000000000', 'Topo maps', null, 'draft', '{}');
insert into public.collaborators (id, project_id, user_id, role, invited_by) values
  ('a0000000-0000-7000-8000-000000000071', 'a0000000-0000-7000-8000-000000000070', '0f000000-0000-7000-8000-000000000000', 'viewer', '0a000000-0000-7000-8000-000000000000'),
  ('a0000000-0000-7000-8000-000000000072', 'a0000000-0000-7000-8000-000000000070', '0c000000-0000-7000-8000-000000000000', 'viewer', '0a000000-0000-7000-8000-000000000000'),
  ('a0000000-0000-7000-8000-000000000073', 'a0000000-0000-7000-8000-000000000070', '0d000000-0000-7000-8000-000000000000', 'editor', '0a000000-0000-7000-8000-000000000000'),
  ('a0000000-0000-7000-8000-000000000074', 'a0000000-0000-7000-8000-000000000070', '0e000000-0000-7000-8000-000000000000', 'owner', '0a000000-0000-7000-8000-000000000000');
insert into public.project_invitations (id, project_id, email, role, invited_by, token_hash, expires_at) values
  ('a0000000-0000-7000-8000-00000000007b', 'a0000000-0000-7000-8000-000000000070', 'ben@example.org', 'editor', '0a000000-0000-7000-8000-000000000000', repeat('a6', 32), '2099-01-01');
insert into public.project_components (id, project_id, parent_id, component_type, name, position_x, position_y, width, height) values
  ('a0000000-0000-7000-8000-000000000075', 'a0000000-0000-7000-8000-000000000070', null, 'container', 'Page', 0, 0, 1200, 800),
  ('a0000000-0000-7000-8000-000000000076', 'a0000000-0000-7000-8000-000000000070', 'a0000000-0000-7000-8000-000000000075', 'heading', 'Opening hours', 40, 40, 600, 60);
insert into storage.objects (id, bucket_id, name, owner, metadata) values
  ('a0000000-0000-7000-8000-00000000007a', 'audio-recordings', '0a000000-0000-7000-8000-000000000000/a0000000-0000-7000-8000-000000000070/1772359200_idea.webm', '0a000000-0000-7000-8000-000000000000', '{"size": 48213, "mimetype": "audio/webm"}');
insert into public.audio_recordings (id, user_id, project_id, storage_path, file_name, mime_type, size_bytes, duration_seconds) values
  ('a0000000-0000-7000-8000-000000000077', '0a000000-0000-7000-8000-000000000000', 'a0000000-0000-7000-8000-000000000070', '0a000000-0000-7000-8000-000000000000/a0000000-0000-7000-8000-000000000070/1772359200_idea.webm', 'idea.webm', 'audio/webm', 48213, 12.4);
insert into public.prompt_generations (id, user_id, project_id, audio_recording_id, input_text, generated_prompt, model, provider, status) values
  ('a0000000-0000-7000-8000-000000000078', '0a000000-0000-7000-8000-000000000000', 'a0000000-0000-7000-8000-000000000070', 'a0000000-0000-7000-8000-000000000077', 'A page for a bakery', 'Build a single page with …', 'gpt-4o', 'openai', 'completed');
insert into public.performance_metrics (id, user_id, metric_type, metric_name, metric_value, unit) values
  ('a0000000-0000-7000-8000-000000000079', '0a000000-0000-7000-8000-000000000000', 'page_load', 'first_contentful_paint', 412.5, 'ms');
insert into storage.buckets (id, name) values ('exports', 'exports');

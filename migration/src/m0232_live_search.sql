-- Live queries over `search` and `similarNotes` answer again when a meaning becomes that of its text: of vectors is logged
-- whose they are and whether they are fresh, not what they are.
select realtime.publish('public.embeddings', array['entity_id', 'entity_type', 'model', 'user_id', 'is_stale']);

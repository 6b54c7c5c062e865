select realtime.unpublish('public.embeddings');
-- So that it gets the same number when it is published again.
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;
